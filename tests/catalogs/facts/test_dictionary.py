from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.facts.dictionary import ROLES, describe, dictionary
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.wire.vocabulary import Satellite

FILES = {Satellite.KOI: "koi_cumulative.csv", Satellite.K2: "k2pandc.csv", Satellite.TOI: "toi.csv"}


@pytest.mark.parametrize("satellite", Satellite)
def test_every_column_of_the_archive_is_explained_in_its_order(shared_data: Path, satellite: Satellite) -> None:
    layout = sniff(shared_data / FILES[satellite])
    known = dictionary(satellite)
    assert tuple(known) == layout.columns
    assert all(info.label and "[" not in info.label for info in known.values())
    differing = [name for name in known if layout.units.get(name, "") != known[name].unit]
    assert all(name.endswith("lim") or name.startswith("st_logg") for name in differing)


@pytest.mark.parametrize("satellite", Satellite)
def test_every_column_that_a_classifier_sees_is_explained(satellite: Satellite) -> None:
    info = SATELLITES[satellite]
    assert set(info.measured + info.verdict + info.identifiers + info.required) <= set(dictionary(satellite))


def test_unknown_columns_are_not_described() -> None:
    assert describe(["a", "b"]) == {}
    known = describe(["kepid", "koi_period", "koi_duration", "koi_depth", "koi_prad", "mine"])
    assert known["koi_depth"].unit == "ppm"
    assert "mine" not in known


@pytest.mark.parametrize("satellite", Satellite)
def test_every_column_has_a_role_and_a_meaning(satellite: Satellite) -> None:
    info, known = SATELLITES[satellite], dictionary(satellite)
    assert {column.role for column in known.values()} <= set(ROLES)
    assert all(column.meaning.endswith(".") for column in known.values())
    assert {name for name in known if known[name].role == "identifier"} == set(info.identifiers)
    assert [name for name in known if known[name].role == "label"] == [info.label]
    assert {name for name in known if known[name].role == "verdict"} >= set(info.verdict)
    assert {known[name].role for name in info.measured} <= {"measured", "error", "limit"}
