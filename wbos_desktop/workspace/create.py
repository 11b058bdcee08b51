"""Making a vault: everything is made in a folder beside, which then gets the vault's name.

So there is no half vault: after a crash the vault is there, or only a folder '.<name>.new'
that the next try clears away.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from wbos_desktop.db import audit, migrate
from wbos_desktop.db.context import context
from wbos_desktop.db.engine import KEY_BYTES, open_engine, truncate_wal
from wbos_desktop.db.models.school import School, Staff, StaffRole, User
from wbos_desktop.db.models.system import KeyState, VaultSetting
from wbos_desktop.domain import people
from wbos_desktop.errors import Invalid
from wbos_desktop.i18n import SECTORS, _
from wbos_desktop.vault import envelope as envelopes
from wbos_desktop.vault import files, lock, recovery, slots
from wbos_desktop.vault import folder as folders
from wbos_desktop.vault.folder import FolderState, VaultFolder
from wbos_desktop.vault.kdf import STANDARD, KdfParams
from wbos_desktop.vault.passphrase import check_passphrase
from wbos_desktop.vault.recovery import RecoveryCode

from .session import Clock, Workspace, system_clock

_MAX_NAME = 200


@dataclass(frozen=True)
class NewVault:
    """The first rows of a vault: its school, and its first user, who becomes coordinator.

    `sector` is PO, VO, GO or MBO. `staff_role` is a code of roles.toml. `agreed_by` is who agreed
    that the school uses the program, empty when that is not known yet. `code_printed`: the
    recovery code went to a printer before there was a vault to note it in.
    """

    school_name: str
    sector: str
    given_name: str
    name_prefix: str = ""
    family_name: str = ""
    staff_role: str = "zorg"
    agreed_by: str = ""
    agreed_on: dt.date | None = None
    code_printed: bool = False


@dataclass(frozen=True)
class _Rows:
    new: NewVault
    code_confirmed: bool
    clock: Clock
    start_content: Callable[[Session], None] | None


def create_vault(
    folder: Path,
    passphrase: str,
    new: NewVault,
    *,
    code: RecoveryCode | None = None,
    kdf: KdfParams = STANDARD,
    clock: Clock = system_clock,
    start_content: Callable[[Session], None] | None = None,
) -> RecoveryCode:
    """Make a vault in `folder`, which must be empty or not exist; returns the recovery code.

    Give `code` when it was shown and retyped before. `start_content` (the catalogues) is saved
    with the first rows. Never overwrites anything. Raises Invalid
    (keys: folder, passphrase, school_name, sector, given_name), StorageError or VaultInUse.
    """
    new = _checked(new)
    names = (new.school_name, new.given_name, new.family_name)
    check_passphrase(passphrase, names)
    folder = Path(os.path.abspath(folder))
    check_folder(folder)
    rows = _Rows(new, code is not None, clock, start_content)
    code = code or recovery.new_code()
    making = folder.with_name(f".{folder.name}.new")
    _clear(making)
    try:
        VaultFolder(making).make()
        with lock.acquire(making):
            _fill(VaultFolder(making), passphrase, code, rows, kdf)
        (making / lock.FILE_NAME).unlink(missing_ok=True)
        put_in_place(making, folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return code


def check_folder(folder: Path) -> None:
    """Ask before the other questions of set-up whether a vault can be made here.

    Raises Invalid({"folder": why not, and what to do}).
    """
    folders.check_place(folder)
    state = VaultFolder(folder).state()
    if state in (FolderState.READY, FolderState.NO_DATABASE, FolderState.NO_KEYS):
        raise Invalid({"folder": _("There is a vault in this folder already. It is unchanged.")})
    if state is FolderState.FOREIGN or folder.is_file():
        raise Invalid({"folder": _("This folder holds other files. Choose an empty folder.")})


def _checked(new: NewVault) -> NewVault:
    cleaned = replace(
        new,
        school_name=people.clean(new.school_name)[:_MAX_NAME],
        given_name=people.clean(new.given_name)[:_MAX_NAME],
        name_prefix=people.clean(new.name_prefix)[:_MAX_NAME],
        family_name=people.clean(new.family_name)[:_MAX_NAME],
        agreed_by=people.clean(new.agreed_by)[:_MAX_NAME],
    )
    wrong = {}
    if not cleaned.school_name:
        wrong["school_name"] = _("Give the name of the school.")
    if cleaned.sector not in SECTORS:
        wrong["sector"] = _("Choose the kind of school.")
    if not cleaned.given_name:
        wrong["given_name"] = _("Give your first name.")
    if cleaned.agreed_by and cleaned.agreed_on is None:
        wrong["agreed_on"] = _("Give the day, today or earlier.")
    if wrong:
        raise Invalid(wrong)
    return cleaned


def _clear(making: Path) -> None:
    """Clear what a crashed try left. Raises VaultInUse while another program is making it."""
    if making.is_dir():
        lock.acquire(making).release()
        shutil.rmtree(making, ignore_errors=True)


def _fill(
    place: VaultFolder,
    passphrase: str,
    code: RecoveryCode,
    rows: _Rows,
    kdf: KdfParams,
) -> None:
    keys = slots.VaultKeys(data_key=os.urandom(KEY_BYTES), audit_key=os.urandom(KEY_BYTES))
    vault_id = envelopes.new_vault_id()
    mine = slots.make_slot(vault_id, slots.USER, passphrase, keys, kdf=kdf)
    paper = slots.make_slot(vault_id, slots.RECOVERY, code.characters, keys, kdf=kdf)
    engine = open_engine(place.database, keys.data_key, create=True)
    try:
        head = _first_rows(engine, keys.audit_key, rows, mine, paper)
        truncate_wal(engine)
    finally:
        engine.dispose()
    envelope = envelopes.Envelope(vault_id, (mine, paper), last_slot=mine.id)
    state = envelopes.State(audit_count=head.count, audit_head=head.mac)
    envelopes.save(place.path, envelope.with_state(state, keys.audit_key))


def _first_rows(
    engine: Engine, audit_key: bytes, rows: _Rows, slot: slots.Slot, paper: slots.Slot
) -> audit.AuditHead:
    migrate.upgrade(engine)
    workspace = Workspace(
        engine, audit_key, user_id=None, staff_id=None, role="coordinator", clock=rows.clock
    )
    workspace.write(_add_first_rows, rows, slot, paper)
    return workspace.read(audit.head)


def _add_first_rows(session: Session, rows: _Rows, slot: slots.Slot, paper: slots.Slot) -> None:
    new = rows.new
    school = School(name=new.school_name, sector=new.sector)
    staff = Staff(
        given_name=new.given_name,
        name_prefix=new.name_prefix,
        family_name=new.family_name,
        sort_name=people.sort_name(new.given_name, new.family_name),
        code=(new.family_name or new.given_name)[:3].upper(),
    )
    session.add_all([school, staff])
    session.flush()
    user = User(staff_id=staff.id, role="coordinator", slot_id=slot.id, public_key=slot.public_key)
    role = StaffRole(staff_id=staff.id, role=new.staff_role, valid_from=context(session).today)
    code = KeyState(
        id=1, slot_id=paper.id, public_key=paper.public_key, confirmed=rows.code_confirmed
    )
    session.add_all([user, role, code])
    if new.agreed_by and new.agreed_on:
        kept = {"by": new.agreed_by, "on": new.agreed_on.isoformat(), "heard": False}
        session.add(VaultSetting(key="agreement", value=kept))
    session.flush()
    if new.code_printed:
        audit.note(session, "print", "key_state", 1)
    if rows.start_content is not None:
        rows.start_content(session)


def put_in_place(making: Path, folder: Path) -> None:
    """Give a closed vault its final name. Raises StorageError if the place was taken."""
    try:
        files.sync_folder(making)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.is_dir():
            folder.rmdir()  # fails when somebody put a file in it meanwhile
        making.rename(folder)
        files.sync_folder(folder.parent)
    except OSError as error:
        raise files.storage_error(error) from error
