"""Painting that fails without harm.

Qt calls paint functions from its own code. An exception there cannot be handled by anybody, and a painter that it
leaves open crashes the program when its widget goes away.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from exoplanet_desktop.gui.base.text import tr

log = logging.getLogger("exoplanet_desktop.gui")

S = TypeVar("S")
P = ParamSpec("P")

_CENTRED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
_told: set[str] = set()


def painted(paint: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """A paint function that no exception leaves: the log has it, once per kind, and a widget shows it in its place."""

    @wraps(paint)
    def guarded(self: S, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            paint(self, *args, **kwargs)
            return
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            if (kind := f"{paint.__qualname__} {type(error).__name__}") not in _told:
                _told.add(kind)
                log.exception("%s failed", paint.__qualname__)
        if isinstance(self, QWidget):
            _show(self, tr("This cannot be drawn ({reason}). The log has the details.", reason=reason[:200]))

    return guarded  # type: ignore[return-value]  # it has lost the name of its first argument


def _show(widget: QWidget, words: str) -> None:
    with QPainter(widget) as painter:
        painter.setPen(widget.palette().windowText().color())
        painter.drawText(widget.rect(), _CENTRED, words)
