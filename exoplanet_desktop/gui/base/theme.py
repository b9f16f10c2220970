"""All colours, from one table of tokens per scheme; the palette, the style sheet and the class marks.

Every class colour comes with a mark, so that nothing depends on colour alone; all text colours have a contrast of at
least 4.5:1 with their background in both schemes (computed in tests/gui/test_theme.py).
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap, QPolygonF
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.resources import resource
from exoplanet_desktop.wire.vocabulary import Disposition


@dataclass(frozen=True)
class Tokens:
    """The colours of one scheme.

    `line` separates parts of a group, `edge` outlines a field (3:1 against its background).
    """

    scheme: str
    window: str
    base: str
    stripe: str
    text: str
    muted: str
    line: str
    edge: str
    accent: str
    accent_strong: str
    on_accent: str
    danger: str
    danger_ground: str
    note_ground: str
    confirmed: str
    candidate: str
    false_positive: str

    def of_class(self, label: str) -> str:
        """The colour of a class; muted for any other label."""
        colours = {
            str(Disposition.CONFIRMED): self.confirmed,
            str(Disposition.CANDIDATE): self.candidate,
            str(Disposition.FALSE_POSITIVE): self.false_positive,
        }
        return colours.get(label, self.muted)


LIGHT = Tokens(
    scheme="light",
    window="#f5f6f8",
    base="#ffffff",
    stripe="#f7f9fa",
    text="#1b1f24",
    muted="#57606a",
    line="#d3d8de",
    edge="#7b858f",
    accent="#0b6480",
    accent_strong="#084c61",
    on_accent="#ffffff",
    danger="#a8201a",
    danger_ground="#fdecea",
    note_ground="#e6f2f6",
    confirmed="#00695c",
    candidate="#8a5300",
    false_positive="#635a86",
)
DARK = Tokens(
    scheme="dark",
    window="#1e2126",
    base="#16191d",
    stripe="#1a1e23",
    text="#e6e8eb",
    muted="#a2acb7",
    line="#3b424b",
    edge="#737e8a",
    accent="#56b8d6",
    accent_strong="#7fcce4",
    on_accent="#0c1215",
    danger="#ff9a90",
    danger_ground="#3a2220",
    note_ground="#1c323b",
    confirmed="#45c9aa",
    candidate="#e3ab45",
    false_positive="#b9aae0",
)

MARKS = {Disposition.CONFIRMED: "●", Disposition.CANDIDATE: "◆", Disposition.FALSE_POSITIVE: "▲"}


class Theme(QObject):
    """The scheme in use; one per application.

    Signals:
        changed: the colours have changed; widgets that paint themselves must repaint.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chosen = Qt.ColorScheme.Unknown

    @property
    def scheme(self) -> Qt.ColorScheme:
        """Light or dark: the user's choice, or else the system's."""
        if self._chosen is not Qt.ColorScheme.Unknown:
            return self._chosen
        return QApplication.styleHints().colorScheme()

    def choose(self, scheme: Qt.ColorScheme) -> None:
        """Force light or dark; Unknown returns to the system's scheme."""
        if scheme is not self._chosen:
            self._chosen = scheme
            # Lets the parts that the platform draws, such as the title bar, follow where possible.
            QApplication.styleHints().setColorScheme(scheme)
            self.follow()

    @Slot()
    def follow(self) -> None:
        """Apply the colours of the current scheme."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, tokens())


@cache
def theme() -> Theme:
    return Theme()


def tokens() -> Tokens:
    """The tokens of the current scheme."""
    return DARK if theme().scheme == Qt.ColorScheme.Dark else LIGHT


def apply(application: QApplication) -> None:
    """Style the application now, and again whenever the system's scheme changes."""
    application.setStyle("Fusion")
    theme().follow()
    application.styleHints().colorSchemeChanged.connect(theme().follow)


def dress(application: QApplication, colours: Tokens) -> None:
    """Apply the colours of a scheme."""
    class_icon.cache_clear()
    focused = application.focusWidget()
    application.setPalette(_palette(colours))
    application.setStyleSheet(_style_sheet(colours))
    # Button boxes redo their layout and pass the focus on: from “Cancel” to something that cannot be undone.
    if focused is not None and application.focusWidget() is not focused:
        focused.setFocus()
    theme().changed.emit()


@cache
def template() -> str:
    """The style sheet with tokens in place of colours. Called once in a worker, so the window reads no file."""
    return resource("style.qss").read_text(encoding="utf-8")


def _style_sheet(colours: Tokens) -> str:
    text = template().replace("@icons", resource("icons").as_posix())
    # Longest names first: `@accent` is a prefix of `@accent_strong`.
    for name in sorted(colours.__dataclass_fields__, key=len, reverse=True):
        text = text.replace(f"@{name}", getattr(colours, name))
    return text


def _palette(colours: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for target, colour in {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.base,
        role.AlternateBase: colours.stripe,
        role.Text: colours.text,
        role.PlaceholderText: colours.muted,
        role.Button: colours.window,
        role.ButtonText: colours.text,
        role.ToolTipBase: colours.base,
        role.ToolTipText: colours.text,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.Mid: colours.line,
        # The line below tabs and menus, which would otherwise be white in the dark scheme.
        role.Light: colours.edge if colours is DARK else colours.line,
        role.Midlight: colours.line,
    }.items():
        palette.setColor(target, QColor(colour))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(colours.muted))
    return palette


def mark_px(line_px: int) -> int:
    """The size of a class mark beside text of this line height, pixels."""
    return max(12, round(line_px * 0.75))


@lru_cache(maxsize=32)
def class_icon(label: str, size: int = 12, on_accent: bool = False) -> QIcon:
    """The mark of a class: disc, diamond or triangle, in its colour, or in that of text on the accent colour."""
    pixmap = QPixmap(size * 2, size * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    colour = QColor(tokens().on_accent if on_accent else tokens().of_class(label))
    draw_mark(painter, label, QPointF(size / 2, size / 2), size - 1, colour)
    painter.end()
    return QIcon(pixmap)


def draw_mark(painter: QPainter, label: str, middle: QPointF, size: float, colour: QColor) -> None:
    """Paint the mark of a class, `size` across: disc, diamond or triangle; a square for any other label."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    half = size / 2
    if label == Disposition.CONFIRMED:
        painter.drawEllipse(middle, half * 0.9, half * 0.9)
    elif label == Disposition.CANDIDATE:
        diamond = ((0, -half), (half, 0), (0, half), (-half, 0))
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in diamond]))
    elif label == Disposition.FALSE_POSITIVE:
        triangle = ((0, -half * 0.9), (half, half * 0.8), (-half, half * 0.8))
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in triangle]))
    else:
        painter.drawRect(QRectF(middle.x() - half * 0.7, middle.y() - half * 0.7, size * 0.7, size * 0.7))
    painter.restore()
