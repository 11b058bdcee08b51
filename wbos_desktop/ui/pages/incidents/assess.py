"""A report and what to do with it: one dialog, proposal filled in (product.md section 3)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wbos_desktop.domain.cases import AssessDraft
from wbos_desktop.domain.incidents import LEVELS, level_text
from wbos_desktop.errors import Conflict, Invalid, UserError
from wbos_desktop.i18n import _
from wbos_desktop.services import assessments, incident_form, incidents
from wbos_desktop.services.incident_form import OpenedReport
from wbos_desktop.ui.conflict import Versions, choose_version
from wbos_desktop.ui.drafts import DraftKeeper
from wbos_desktop.ui.history_dialog import open_history
from wbos_desktop.ui.page import PageDialog
from wbos_desktop.ui.routes import Route
from wbos_desktop.ui.shell import Shell
from wbos_desktop.ui.widgets.cards import Hairline
from wbos_desktop.ui.widgets.fields import ComboBox
from wbos_desktop.ui.widgets.form import Field, Form
from wbos_desktop.ui.widgets.labels import Label
from wbos_desktop.ui.widgets.pills import PillGroup

from .facts import FactsView
from .words import severities

NOTE = ""


class AssessDialog(PageDialog):
    """Severity, protocol, owner and level of a report; only its facts for who may not decide."""

    def __init__(self, shell: Shell, route: Route, parent: QWidget | None = None) -> None:
        super().__init__(shell, route, parent, title=_("Report"), width=640, height=700)
        self._before: AssessDraft | None = None
        self.form: Form | None = None
        self.keeper: DraftKeeper | None = None
        self.add_button(_("History"), "ghost", "history", self._history)
        self.remove_button = self.add_button(_("To the bin"), "ghost", "trash", self._remove)
        self.remove_button.writes().hide()
        self.add_button(_("Close"), slot=self.reject)
        self.decide_button = self.add_button(_("Start protocol"), "primary", "check", self._decide)
        self.decide_button.writes().hide()
        if route.id is not None:
            self.view(incident_form.open_report, route.id).then(self._show).failed(self._gone)

    def _history(self) -> None:
        if self.route.id is not None:
            open_history(self.shell, "incidents", self.route.id, self)

    def _remove(self) -> None:
        if self.route.id is not None:
            self.write(incidents.remove_report, self.route.id).then(self._removed)

    def _removed(self, _nothing: None) -> None:
        self.reject()
        self.shell.messages.toast(_("The report is in the bin."), undo_last=True)

    def _gone(self, error: UserError) -> None:
        self.body.addWidget(Label(error.message, "body", wrap=True))

    def _show(self, found: OpenedReport) -> None:
        if found.case_id is not None:
            self.reject()
            self.shell.go("case", found.case_id)
            return
        self.body.addWidget(FactsView(found.facts))
        self.remove_button.setVisible(found.removable)
        if found.proposal is not None:
            self.set_heading(_("What happens with this report?"), found.facts.number)
            self.body.addWidget(Hairline())
            self._add_form(found)
        self.body.addStretch(1)

    def _add_form(self, found: OpenedReport) -> None:
        assert found.proposal is not None
        self._before = found.proposal.draft
        templates = [(NOTE, _("None, a note is enough")), *found.proposal.templates]
        cases = [(case_id, f"{number} · {title}") for case_id, number, title in found.open_cases]
        self.template = ComboBox(templates, _("Protocol"))
        self.joins = ComboBox(cases, _("Belongs to a running case"), empty=_("No, its own case"))
        lines = [
            Field(_("How serious"), "severity", PillGroup(severities(), _("How serious"))),
            Field(_("Protocol"), "template_code", self.template),
            Field(_("Owner"), "owner_id", ComboBox(found.proposal.owners, _("Owner"))),
            Field(
                _("Who may see it"),
                "level",
                ComboBox([(level, level_text(level)) for level in LEVELS], _("Who may see it")),
            ),
        ]
        if cases:
            lines.append(
                Field(_("Belongs to a running case"), "add_to_case_id", self.joins, optional=True)
            )
        self.form = Form(lines)
        self.form.fill(self._before)
        self.form.edited.connect(self._edited)
        self.body.addWidget(self.form)
        self._edited()
        self._keep(found.facts.number)
        self.decide_button.show()
        self.template.setFocus()

    def _keep(self, number: str) -> None:
        assert self.form is not None
        assert self._before is not None
        self.keeper = DraftKeeper(
            self,
            self.shell,
            "assess",
            self._before.incident_id,
            of=self.form,
            place=self.route,
            title=self.heading,
            detail=number,
            version=self._before.version,
        )
        self.keeper.restored.connect(self._edited)
        self.keeper.start()

    def _edited(self) -> None:
        if self.form is None:
            return
        self.set_footer_error("")
        joins = self.joins.value() is not None
        for attribute in ("template_code", "owner_id"):
            self.form.rows[attribute].setEnabled(not joins)
        if joins:
            text = _("Add to case")
        elif self.template.value() == NOTE:
            text = _("Keep as note")
        else:
            text = _("Start protocol")
        self.decide_button.setText(text)
        self.decide_button.updateGeometry()

    def _decide(self) -> None:
        if self.form is None or self._before is None or self.keeper is None:
            return
        draft = self.form.draft(self._before)
        task = self.keeper.send(assessments.assess_incident, draft)
        task.then(self._decided).failed(self._wrong)

    def _decided(self, case_id: int | None) -> None:
        self.accept()
        if case_id is None:
            self.shell.messages.toast(_("Kept as a note."), undo_last=True)
        else:
            self.shell.messages.toast(_("The case has started."))
            self.shell.go("case", case_id)

    def _wrong(self, error: UserError) -> None:
        if isinstance(error, Conflict) and self._before is not None:
            task = self.view(incident_form.open_report, self._before.incident_id)
            task.then(self._compare)
        elif isinstance(error, Invalid) and self.form is not None:
            self.set_footer_error(self.form.show_errors(error.fields))
        else:
            self.shell.messages.show_error(self, error)

    def _compare(self, found: OpenedReport) -> None:
        """A colleague changed the report meanwhile; when it has become a case, show that."""
        if found.case_id is not None or found.proposal is None:
            self.accept()
            said = _("A colleague decided on this report just now.")
            self.shell.messages.toast(said, kind="info")
            if found.case_id is not None:
                self.shell.go("case", found.case_id)
            return
        if self.form is None or self.keeper is None:
            return
        keeper, fresh, mine = self.keeper, found.proposal.draft, self.form.kept()
        self.form.fill(fresh)
        versions = Versions(self.form, mine, keeper.before)

        def chosen() -> None:
            self._before = fresh
            keeper.meet(versions, fresh.version)
            self._decide()

        choose_version(self, versions, chosen, versions.show_mine)

    def reject(self) -> None:
        """Choices alone are not kept when somebody closes; at lock they are."""
        if self.keeper is not None:
            self.keeper.leave()
        super().reject()
