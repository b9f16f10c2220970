"""Contrast, computed from the tokens."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.theme import DARK, LIGHT, Tokens
from exoplanet_desktop.wire.vocabulary import Disposition

# Text tokens, and their backgrounds.
PAIRS = [
    *((text, ground) for text in ("text", "muted") for ground in ("window", "base", "stripe")),
    *(
        (text, ground)
        for text in ("confirmed", "candidate", "false_positive")
        for ground in ("window", "base", "stripe")
    ),
    ("accent", "window"),
    ("danger", "window"),
    ("danger", "danger_ground"),
    ("text", "note_ground"),
    ("on_accent", "accent"),
    ("on_accent", "accent_strong"),
    ("muted", "line"),
    ("edge", "window"),
    ("edge", "base"),
    ("accent", "base"),
    ("accent_strong", "window"),
    ("text", "danger_ground"),
    ("accent", "note_ground"),
    ("muted", "note_ground"),
    ("candidate", "note_ground"),
]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(tokens: Tokens, text: str, ground: str) -> None:
    lighter, darker = sorted((luminance(getattr(tokens, text)), luminance(getattr(tokens, ground))), reverse=True)
    faint = text == "edge" or (text, ground) == ("muted", "line")  # a disabled button's text may be fainter
    least = 3.0 if faint else 4.5
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_each_class_has_a_mark_of_its_own(styled: QApplication) -> None:
    pictures = {label: theme.class_icon(str(label)).pixmap(24, 24).toImage() for label in Disposition}
    shapes = {label: _shape(image) for label, image in pictures.items()}
    assert len({*shapes.values()}) == len(Disposition)


def test_the_marks_of_selected_rows_have_the_colour_of_their_text(styled: QApplication) -> None:
    for label in Disposition:
        plain = theme.class_icon(str(label)).pixmap(24, 24).toImage()
        selected = theme.class_icon(str(label), on_accent=True).pixmap(24, 24).toImage()
        assert _shape(selected) == _shape(plain)
        middle = selected.width() // 2, selected.height() // 2
        assert selected.pixelColor(*middle).name() == theme.tokens().on_accent


def test_the_style_sheet_leaves_no_token_unfilled() -> None:
    for tokens in (LIGHT, DARK):
        assert "@" not in theme._style_sheet(tokens)


def _shape(image: object) -> tuple[bool, ...]:
    """Which pixels are painted, in any colour."""
    return tuple(
        image.pixelColor(x, y).alpha() > 128 for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    )
