"""The start content of a vault: norms, scenarios and protocols as shipped."""

from __future__ import annotations

from sqlalchemy.orm import Session

from . import norms, protocols, scenarios


def install(session: Session) -> None:
    """Bring the catalogues of the vault to the shipped versions; nothing in use is changed."""
    norms.install_catalogue(session)
    protocols.install_catalogue(session)
    scenarios.install_catalogue(session)
