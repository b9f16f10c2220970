"""Objects of different stars with one ephemeris, made up and in the archive's tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.vetting.ephemeris import EphemerisMatch, ephemeris_matches
from exoplanet_desktop.vetting.inputs import COLUMNS, ObjectInputs, Quantity, read_objects
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

_Q = Quantity
ARCSEC = 1 / 3600


def pair(satellite: Satellite = Satellite.KOI, stars: tuple[str, str] = ("1", "2"), **second: float) -> ObjectInputs:
    """A deep eclipse and a shallow one 20 arcseconds away, with the same ephemeris unless changed."""
    deep = {"PERIOD": 2.5, "EPOCH": 130.0, "DEPTH": 90_000.0, "RA": 290.0, "DEC": 40.0, "MAGNITUDE": 12.0}
    shallow = {**deep, "EPOCH": 130.0 + 7 * 2.5, "DEPTH": 200.0, "DEC": 40.0 + 20 * ARCSEC, **second}
    known = {what: COLUMNS[satellite][what] for what in (_Q[name] for name in deep)}
    values = {_Q[name]: np.array([deep[name], shallow[name]]) for name in deep}
    return ObjectInputs(satellite, ["A.01", "B.01"], list(stars), [None, None], known, values)


def test_the_shallower_one_is_the_child() -> None:
    (match,) = ephemeris_matches(pair())
    assert (match.parent, match.child, match.harmonic) == (0, 1, 1)
    assert match.separation == pytest.approx(20, rel=1e-6)
    assert match.depth_ratio == 450


def test_a_multiple_of_the_period_matches() -> None:
    (match,) = ephemeris_matches(pair(PERIOD=7.5))
    assert match.harmonic == 3


@pytest.mark.parametrize(
    "change",
    [
        {"PERIOD": 2.51},
        {"EPOCH": 131.0},
        {"DEC": 41.0},
        {"PERIOD": 2.5 * 51},
        {"PERIOD": float("nan")},
        {"PERIOD": 0.0},
        {"EPOCH": float("nan")},
    ],
)
def test_what_differs_does_not_match(change: dict[str, float]) -> None:
    assert not ephemeris_matches(pair(**change))


def test_objects_of_one_star_do_not_match_however_it_is_written() -> None:
    assert not ephemeris_matches(pair(stars=("KIC 8120608", "8120608.0")))


def test_a_bright_star_reaches_further() -> None:
    far = {"DEC": 40.0 + 500 * ARCSEC}
    assert not ephemeris_matches(pair(**far))
    bright = pair(**far)
    assert ephemeris_matches(replace(bright, values={**bright.values, _Q.MAGNITUDE: np.array([9.0, 15.0])}))


def test_tess_looks_within_ten_pixels() -> None:
    assert ephemeris_matches(pair(Satellite.TOI, DEC=40 + 205 * ARCSEC))
    assert not ephemeris_matches(pair(Satellite.TOI, DEC=40 + 215 * ARCSEC))


def matches_of(path: Path, satellite: Satellite) -> tuple[ObjectInputs, list[EphemerisMatch]]:
    with Table.open(path) as table:
        found = read_objects(table, satellite)
    return found, ephemeris_matches(found)


def test_children_in_the_koi_table_are_false_positives(shared_data: Path) -> None:
    found, matches = matches_of(shared_data / "koi_cumulative.csv", Satellite.KOI)
    children = {match.child for match in matches}
    false = sum(found.dispositions[row] is Disposition.FALSE_POSITIVE for row in children)
    assert len(matches) == 1386
    assert false / len(children) >= 0.99
    pairs = {frozenset((found.names[match.parent], found.names[match.child])) for match in matches}
    for names in (("K00263.01", "K01614.01"), ("K00521.01", "K01712.01"), ("K00003.01", "K01289.01")):
        assert frozenset(names) in pairs
    with Table.open(shared_data / "koi_cumulative.csv") as table:
        flagged = np.flatnonzero(table.numbers(["koi_fpflag_ec"])[:, 0] == 1)
    assert len(flagged) == 1148
    assert len(children.intersection(flagged.tolist())) / len(flagged) >= 0.65


def test_two_pairs_of_candidates_in_the_toi_table_have_one_ephemeris(shared_data: Path) -> None:
    found, matches = matches_of(shared_data / "toi.csv", Satellite.TOI)
    pairs = {frozenset((found.names[match.parent], found.names[match.child])) for match in matches}
    assert {frozenset(("422.01", "428.01")), frozenset(("7102.01", "7157.01"))} <= pairs
