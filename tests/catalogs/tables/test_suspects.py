"""Columns in another unit are reported, with the way to convert them."""

import math
from pathlib import Path

import pandas
import pytest

from exoplanet_desktop.catalogs.facts.dictionary import Range, dictionary
from exoplanet_desktop.catalogs.tables.suspects import Spread, suspects, table_suspects
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.wire.vocabulary import Satellite

HOURS = Range(0.6, 3.8, 40.0)
TABLES = {Satellite.KOI: "koi_cumulative.csv", Satellite.K2: "k2pandc.csv", Satellite.TOI: "toi.csv"}


@pytest.mark.parametrize(
    ("middle", "unit", "known", "remedy"),
    [
        (3.8 / 24, "hrs", HOURS, "Multiplying by 24"),
        (3.8 * 60, "hours", HOURS, "Dividing by 60"),
        (4.2e-4, "ppm", Range(18, 421, 5e5), "Multiplying by 1,000,000"),
        (2.4 / 109, "R_Earth", Range(0.5, 2.4, 700), "Multiplying by 109.1"),
        (2.4 / 11.2, "Earth Radius", Range(0.5, 2.4, 700), "Multiplying by 11.21"),
        (2_454_970.0, "BKJD", Range(131.0, 137.0, 497.0), "Subtracting 2,454,833 days"),
        (1500.0, "BJD", Range(2_457_000.0, 2_459_000.0, 2_461_000.0), "Adding 2,457,000 days"),
        (3.76, "K", Range(3000, 5800, 9000), "Raising 10 to that power"),
        (7e12, "K", Range(3000, 5800, 9000), ""),
    ],
)
def test_the_likely_factor_is_named(middle: float, unit: str, known: Range, remedy: str) -> None:
    below = middle < known.middle
    spread = Spread(100, 100 if below else 0, 0 if below else 100, middle)
    (found,) = suspects({"x": spread}, {"x": known}, {"x": unit})
    assert found.remedy == remedy
    assert found.sentence().startswith(f"All 100 values of `x` are {'below' if below else 'above'} what")
    assert found.sentence().endswith(f"another unit? {remedy} fits." if remedy else "another unit?")


@pytest.mark.parametrize("spread", [Spread(100, 89, 0, 0.1), Spread(4, 4, 0, 0.1), Spread(100, 50, 50, 0.1)])
def test_some_values_outside_are_no_other_unit(spread: Spread) -> None:
    assert not suspects({"x": spread}, {"x": HOURS})


@pytest.mark.parametrize("satellite", Satellite)
def test_the_archives_own_tables_are_not_suspected(satellite: Satellite, shared_data: Path) -> None:
    with Table.open(shared_data / TABLES[satellite]) as table:
        assert not table_suspects(table, satellite)


@pytest.mark.parametrize("satellite", Satellite)
def test_ranges_are_those_of_the_archives_tables(satellite: Satellite, shared_data: Path) -> None:
    frame = pandas.read_csv(shared_data / TABLES[satellite], comment="#", low_memory=False)
    ranges = {name: info.known for name, info in dictionary(satellite).items() if info.known}
    assert len(ranges) >= 20
    for name, known in ranges.items():
        low, middle, high = pandas.to_numeric(frame[name], errors="coerce").quantile([0.02, 0.5, 0.98])
        for said, true in ((known.low, low), (known.middle, middle), (known.high, high)):
            assert math.isclose(said, true, rel_tol=1e-4, abs_tol=1e-9), name


@pytest.mark.parametrize(
    ("change", "column", "remedy"),
    [
        (lambda frame: frame.assign(koi_duration=frame["koi_duration"] / 24), "koi_duration", "Multiplying by 24"),
        (lambda frame: frame.assign(koi_depth=frame["koi_depth"] / 1e6), "koi_depth", "Multiplying by 1,000,000"),
        (lambda frame: frame.assign(koi_prad=frame["koi_prad"] / 109.1), "koi_prad", "Multiplying by 109.1"),
    ],
)
def test_a_table_in_other_units_is_told(change, column: str, remedy: str, shared_data: Path, tmp_path: Path) -> None:
    frame = pandas.read_csv(shared_data / "koi_test_raw.csv")
    change(frame).to_csv(tmp_path / "other.csv", index=False)
    with Table.open(tmp_path / "other.csv") as table:
        assert [(one.column, one.remedy) for one in table_suspects(table, Satellite.KOI)] == [(column, remedy)]


NUMBERS = ["koi_period", "koi_duration", "koi_depth", "koi_prad", "koi_teq"]


def koi_like(rows: int = 60) -> pandas.DataFrame:
    numbers = {name: [10.0 * (place + 1) + row**2 for row in range(rows)] for place, name in enumerate(NUMBERS)}
    return pandas.DataFrame({"kepid": range(1, rows + 1), **numbers})


@pytest.mark.parametrize("how", ["standardised", "between 0 and 1"])
def test_scaled_columns_are_told_as_such(tmp_path: Path, how: str) -> None:
    frame = koi_like()
    part = frame[NUMBERS]
    spread = part.std() if how == "standardised" else part.max() - part.min()
    frame[NUMBERS] = (part - (part.mean() if how == "standardised" else part.min())) / spread
    frame.to_csv(tmp_path / "a.csv", index=False)
    with Table.open(tmp_path / "a.csv") as table:
        (found,) = table_suspects(table, Satellite.KOI)
        assert found.sentence().startswith("5 columns look ")
        assert how in found.sentence()
        kinds = {(one.column, one.kind) for one in table.account()}
    assert (("koi_period", "negative") in kinds) == (how == "standardised")


def test_the_archives_own_numbers_are_not_called_scaled(tmp_path: Path) -> None:
    koi_like().to_csv(tmp_path / "a.csv", index=False)
    with Table.open(tmp_path / "a.csv") as table:
        assert not [one for one in table_suspects(table, Satellite.KOI) if "columns look" in one.sentence()]
        assert table.account() == ()
