"""A part that is built anew gives the focus back: to the control of the same name, else to the one
that took its place. Without this every answer throws who works by keyboard to another part."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QWidget

P = ParamSpec("P")
Area = TypeVar("Area", bound=QWidget)


def keeps_focus(
    method: Callable[Concatenate[Area, P], None],
) -> Callable[Concatenate[Area, P], None]:
    """Put this on the method of a widget that throws its content away and makes it again."""

    @functools.wraps(method)
    def guarded(area: Area, /, *args: P.args, **kwargs: P.kwargs) -> None:
        held = area.window().focusWidget()
        if held is None or not area.isAncestorOf(held):
            method(area, *args, **kwargs)
            return
        name, place = _name(held), _takers(area).index(held) if held in _takers(area) else 0
        method(area, *args, **kwargs)
        if not held.isVisibleTo(area):
            # Later: Qt shows what was put into a layout after this call.
            QTimer.singleShot(0, area, lambda: _give_back(area, name, place))

    return guarded


def _give_back(area: QWidget, name: str, place: int) -> None:
    takers = _takers(area)
    same = next((one for one in takers if _name(one) == name), None)
    target = same or (takers[min(place, len(takers) - 1)] if takers else None)
    if target is not None:
        target.setFocus(Qt.FocusReason.OtherFocusReason)


def _takers(area: QWidget) -> list[QWidget]:
    return [
        one
        for one in area.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isEnabled() and one.isVisibleTo(area)
    ]


def _name(widget: QWidget) -> str:
    if widget.accessibleName() or not isinstance(widget, QAbstractButton):
        return widget.accessibleName()
    return widget.text()
