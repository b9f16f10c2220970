"""Host stars of rows: one star in all spellings, and none if its number is damaged."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import pytest

from exoplanet_desktop.catalogs.facts.satellites import KOI, SATELLITES
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify.dataset import Dataset, read_dataset
from exoplanet_desktop.classify.features import feature_set
from exoplanet_desktop.classify.hosts import find_hosts
from exoplanet_desktop.classify.protocol import star_folds
from exoplanet_desktop.wire.vocabulary import Features, Satellite

NAMES = [f"K{star:05d}.{planet:02d}" for star in range(1, 41) for planet in (1, 2)]
STARS = [str(10_797_460 + 1017 * (number // 2)) for number in range(80)]
SPELLINGS: dict[str, Callable[[str], str]] = {
    "zeros": lambda star: star.zfill(9),
    "point": lambda star: f"{star}.0",
    "exponent": lambda star: f"{float(star):.9E}",
    "blank": lambda star: f" {star} ",
    "prefix": lambda star: f"KIC {star}",
}


@pytest.mark.parametrize("how", SPELLINGS)
def test_a_star_is_one_in_all_spellings(how: str) -> None:
    plain = find_hosts(NAMES, STARS, KOI)
    mixed = [SPELLINGS[how](star) if row % 2 else star for row, star in enumerate(STARS)]
    assert np.array_equal(find_hosts(NAMES, mixed, KOI).groups, plain.groups)
    assert (plain.source, plain.notes) == ("kepid", ())


def test_rounded_stars_are_told_by_the_names_of_their_objects() -> None:
    found = find_hosts(NAMES, [f"{float(star):.2E}" for star in STARS], KOI)
    assert np.array_equal(found.groups, find_hosts(NAMES, STARS, KOI).groups)
    assert (found.source, found.by_name) == ("kepoi_name", True)
    assert "have lost digits" in found.notes[0] and "40 stars became 1" in found.notes[0]
    assert "`kepoi_name` instead" in found.notes[0] and "identified by `kepoi_name`" in found.protocol


def test_without_stars_and_names_no_groups_are_claimed() -> None:
    nobody: list[str | None] = [None] * 80
    for stars in ([f"{float(star):.2E}" for star in STARS], nobody):
        found = find_hosts(nobody, stars, KOI)
        assert found.source == "" and "does not say" in found.protocol
        assert "may be too optimistic" in found.notes[0]
        assert len(set(found.groups.tolist())) == 80


def test_a_row_without_star_belongs_to_that_of_its_name() -> None:
    some = [None if row % 2 else star for row, star in enumerate(STARS)]
    assert np.array_equal(find_hosts(NAMES, some, KOI).groups, find_hosts(NAMES, STARS, KOI).groups)


def test_rows_that_nothing_tells_the_star_of_are_counted() -> None:
    found = find_hosts(["?", *NAMES[1:]], [None, *STARS[1:]], KOI)
    assert found.notes == ("1 row has no star and counts as one of its own.",)


def _data(csv: Path, satellite: Satellite) -> Dataset:
    with Table.open(csv) as table:
        return read_dataset(table, feature_set(satellite, Features.VETTED), model_labels=False, folds=5)


@pytest.mark.parametrize(
    ("name", "satellite"),
    [("koi_cumulative.csv", Satellite.KOI), ("k2pandc.csv", Satellite.K2), ("toi.csv", Satellite.TOI)],
)
def test_folds_of_a_real_catalog_do_not_hang_on_spelling(
    name: str, satellite: Satellite, shared_data: Path, tmp_path: Path
) -> None:
    info = SATELLITES[satellite]
    frame = pandas.read_csv(shared_data / name, comment="#", dtype=str, keep_default_na=False)
    clean = _data(shared_data / name, satellite)
    spelt = list(SPELLINGS.values())[:4] if satellite is not Satellite.K2 else [str.lower, lambda star: f" {star}"]
    frame[info.host] = [spelt[row % len(spelt)](star) for row, star in enumerate(frame[info.host])]
    frame.to_csv(tmp_path / name, index=False)
    other = _data(tmp_path / name, satellite)
    for one, two in zip(
        star_folds(clean.y, clean.groups, 5, 42), star_folds(other.y, other.groups, 5, 42), strict=True
    ):
        assert np.array_equal(one.test, two.test)
