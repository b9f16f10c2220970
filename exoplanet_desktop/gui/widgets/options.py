"""Names of satellites, feature sets and class balance, and combo boxes to choose them from."""

from enum import StrEnum
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.widgets.combo import combo
from exoplanet_desktop.gui.widgets.labels import tip
from exoplanet_desktop.wire.vocabulary import Balance, Features, Satellite

Word = TypeVar("Word", bound=StrEnum)


def satellite_title(satellite: Satellite) -> str:
    return {
        Satellite.KOI: tr("KOI · Kepler objects of interest"),
        Satellite.K2: tr("K2 · planets and candidates"),
        Satellite.TOI: tr("TOI · TESS objects of interest"),
    }[satellite]


def balance_title(balance: Balance) -> str:
    return tr("Equal weight per row") if balance is Balance.NONE else tr("Balance classes")


def feature_title(features: Features) -> str:
    return tr("Vetted") if features is Features.VETTED else tr("Blind")


def feature_choice(features: Features) -> str:
    """The title with what it means, for a list to choose from."""
    if features is Features.VETTED:
        return tr("Vetted · with verdict columns")
    return tr("Blind · without verdict columns")


def satellite_combo(short: bool = False) -> QComboBox:
    """`short`: only its name; the tooltip explains each."""
    titles = {value: satellite_title(value) for value in Satellite}
    box = combo(tr("Satellite"), [(str(value) if short else title, value) for value, title in titles.items()])
    for place, title in enumerate(titles.values()):
        box.setItemData(place, tip(title), Qt.ItemDataRole.ToolTipRole)
    return box


def chosen(box: QComboBox, kind: type[Word]) -> Word:
    """The chosen value as its enum: Qt returns string enums as plain strings."""
    return kind(box.currentData())


def choose(box: QComboBox, value: Any) -> None:
    """Select the entry with a value, if there is one."""
    index = box.findData(value)
    if index >= 0:
        box.setCurrentIndex(index)
