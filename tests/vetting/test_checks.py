"""Checks on objects whose answer is known, and their measured shares on the archive's tables."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled, InputError
from exoplanet_desktop.vetting.checks import CheckOutcome, CheckReport, run_checks
from exoplanet_desktop.vetting.inputs import COLUMNS, ObjectInputs, Quantity, read_objects
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

FOUR_RULES = ("duration", "v-shape", "radius", "orbit")
FILES = {"koi_cumulative.csv": Satellite.KOI, "toi.csv": Satellite.TOI, "k2pandc.csv": Satellite.K2}
HOT_JUPITER = {
    Quantity.PERIOD: 3.52474859,
    Quantity.EPOCH: 100.0,
    Quantity.DURATION: 3.0847,
    Quantity.DEPTH: 16_000.0,
    Quantity.DEPTH_ERROR: 20.0,
    Quantity.RADIUS: 15.27,
    Quantity.IMPACT: 0.507,
    Quantity.SNR: 800.0,
    Quantity.STAR_RADIUS: 1.155,
    Quantity.LOGG: 4.361,
    Quantity.TEFF: 6065.0,
    Quantity.INSOLATION: 770.0,
    Quantity.RA: 330.795,
    Quantity.DEC: 18.884,
    Quantity.MAGNITUDE: 7.6,
}


@pytest.fixture(scope="module")
def catalogs(shared_data: Path) -> Callable[[str], ObjectInputs]:
    read: dict[str, ObjectInputs] = {}

    def get(name: str) -> ObjectInputs:
        if name not in read:
            with Table.open(shared_data / name) as table:
                read[name] = read_objects(table, FILES[name])
        return read[name]

    return get


def objects(*changes: dict[Quantity, float], satellite: Satellite = Satellite.KOI) -> ObjectInputs:
    """Copies of HD 209458 b, each on a star of its own, with some quantities changed."""
    rows = [HOT_JUPITER | change for change in changes or ({},)]
    known = {what: COLUMNS[satellite][what] for what in HOT_JUPITER if what in COLUMNS[satellite]}
    return ObjectInputs(
        satellite,
        [f"K{number:05}.01" for number in range(len(rows))],
        [str(number) for number in range(len(rows))],
        [Disposition.CONFIRMED] * len(rows),
        known,
        {what: np.array([row[what] for row in rows]) for what in known},
    )


def outcomes(report: CheckReport, row: int = 0) -> dict[str, str]:
    return {one.check.key: str(one.outcomes[row]) for one in report.checked}


def test_a_hot_jupiter_passes_everything() -> None:
    found = outcomes(run_checks(objects()))
    assert set(found.values()) == {"pass", "shown"}
    assert [key for key, outcome in found.items() if outcome == "shown"] == ["density", "insolation"]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("duration", {Quantity.DURATION: 8.0}),
        ("v-shape", {Quantity.IMPACT: 1.0}),
        ("radius", {Quantity.RADIUS: 59.2}),
        ("orbit", {Quantity.PERIOD: 0.2}),
        ("depth", {Quantity.DEPTH: 4_000.0}),
        ("signal", {Quantity.SNR: 6.9}),
    ],
)
def test_each_check_fails_for_its_own_reason(key: str, change: dict[Quantity, float]) -> None:
    report = run_checks(objects({}, change))
    assert outcomes(report, 0)[key] == "pass"
    assert outcomes(report, 1)[key] == "fail"
    assert list(report.flagged) == [False, True]


def test_what_is_missing_is_not_testable_and_is_named() -> None:
    report = run_checks(objects({Quantity.IMPACT: float("nan")}))
    assert outcomes(report)["v-shape"] == outcomes(report)["density"] == "not testable"
    assert not report.flagged.any()
    report = run_checks(objects(satellite=Satellite.K2))
    lacking = {one.check.key: one.lacking for one in report.checked}
    assert lacking["ephemeris"] == (Quantity.EPOCH,)
    assert lacking["duration"] == (Quantity.DURATION,)
    assert lacking["signal"] == (Quantity.DEPTH, Quantity.DEPTH_ERROR)
    assert outcomes(report)["radius"] == "pass"


def test_depth_over_its_error_stands_in_for_a_signal_to_noise_ratio_and_is_named() -> None:
    report = run_checks(objects({Quantity.DEPTH_ERROR: 4_000.0}, satellite=Satellite.TOI))
    (signal,) = [one for one in report.checked if one.check.key == "signal"]
    assert signal.value[0] == 4 and signal.outcomes[0] == CheckOutcome.FAIL
    assert signal.quantity.startswith("transit depth / its error")


def test_bounds_can_be_chosen() -> None:
    large = objects({Quantity.RADIUS: 25.0})
    assert outcomes(run_checks(large))["radius"] == "fail"
    assert outcomes(run_checks(large, {"radius": 30}))["radius"] == "pass"
    with pytest.raises(InputError, match="There is no check “size”"):
        run_checks(large, {"size": 1})
    with pytest.raises(InputError, match="only shows its value"):
        run_checks(large, {"density": 1})


def test_it_stops_when_told() -> None:
    with pytest.raises(Cancelled):
        run_checks(objects({}, {}), should_stop=lambda: True)


def share(report: CheckReport, label: Disposition) -> float:
    hit, every = report.shares(report.flagged)[label]
    return hit / every


@pytest.mark.parametrize(
    ("file", "rules", "least_false", "most_confirmed"),
    [
        ("koi_cumulative.csv", FOUR_RULES, 0.50, 0.015),
        ("koi_cumulative.csv", (*FOUR_RULES, "depth", "ephemeris"), 0.60, 0.015),
        ("toi.csv", (*FOUR_RULES, "depth"), 0.18, 0.02),
    ],
)
def test_what_the_rules_find_in_the_archives_tables(
    catalogs: Callable[[str], ObjectInputs],
    file: str,
    rules: tuple[str, ...],
    least_false: float,
    most_confirmed: float,
) -> None:
    report = run_checks(catalogs(file), only=rules)
    assert share(report, Disposition.FALSE_POSITIVE) >= least_false
    assert share(report, Disposition.CONFIRMED) <= most_confirmed


@pytest.mark.parametrize(
    ("key", "label", "expected"),
    [
        ("v-shape", Disposition.FALSE_POSITIVE, 0.361),
        ("v-shape", Disposition.CONFIRMED, 0.005),
        ("radius", Disposition.FALSE_POSITIVE, 0.395),
        ("radius", Disposition.CANDIDATE, 0.047),
        ("signal", Disposition.CANDIDATE, 0.090),
    ],
)
def test_single_rules_have_their_measured_shares(
    catalogs: Callable[[str], ObjectInputs], key: str, label: Disposition, expected: float
) -> None:
    report = run_checks(catalogs("koi_cumulative.csv"), only=(key,))
    assert share(report, label) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("name", ["K01450.01", "K01416.01", "K00846.01"])
def test_of_three_stars_that_are_called_planets_the_table_gives_away_one(
    catalogs: Callable[[str], ObjectInputs], name: str
) -> None:
    """Kepler-854 b, 840 b and 699 b are stars (Niraula et al. 2022, AJ 163, 172); physics alone shows one of them."""
    found = catalogs("koi_cumulative.csv")
    row = found.names.index(name)
    failed = [one.check.key for one in run_checks(found).checked if one.failed[row]]
    assert found.dispositions[row] is Disposition.CONFIRMED
    assert failed == (["v-shape", "radius", "depth"] if name == "K01450.01" else [])
