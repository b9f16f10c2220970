from pathlib import Path

import numpy as np
import pytest

from exoplanet_desktop.catalogs.facts.dictionary import dictionary
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_training, recognise
from exoplanet_desktop.catalogs.simulate import catalog as module
from exoplanet_desktop.catalogs.simulate import physics
from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled, InputError, UnavailableError
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> dict[Satellite, Path]:
    """A simulated catalog of 4,000 rows for each satellite."""
    folder = tmp_path_factory.mktemp("simulated")
    paths = {satellite: folder / f"{satellite}.csv" for satellite in Satellite}
    for satellite, path in paths.items():
        simulate(satellite, 4_000, 1, path)
    return paths


@pytest.mark.parametrize("satellite", Satellite)
def test_a_catalog_has_the_archives_columns_and_says_what_it_is(
    catalogs: dict[Satellite, Path], satellite: Satellite
) -> None:
    first, *_ = catalogs[satellite].read_text().splitlines()
    assert first == f"# SIMULATED {satellite} catalog, made by Exoplanet Desktop. These objects do not exist."
    with Table.open(catalogs[satellite]) as table:
        info = SATELLITES[satellite]
        assert table.columns == tuple(dictionary(satellite))
        assert table.row_count == 4_000
        assert table.bad_count == 0
        assert recognise(table.columns) is satellite
        check_for_training(table.columns, info)
        assert all((name or "").startswith("SIM-") for name in table.texts(info.name))
        assert {info.disposition(text) for text in table.counts(info.label)} == set(Disposition)
        for column in dictionary(satellite):
            assert table.layout.labels[column] == dictionary(satellite)[column].label
            assert table.layout.units.get(column, "") == dictionary(satellite)[column].unit


@pytest.mark.parametrize("satellite", Satellite)
def test_columns_are_numbers_where_the_archives_are(
    catalogs: dict[Satellite, Path], satellite: Satellite, shared_data: Path
) -> None:
    names = {Satellite.KOI: "koi_cumulative.csv", Satellite.K2: "k2pandc.csv", Satellite.TOI: "toi.csv"}
    with Table.open(catalogs[satellite]) as simulated, Table.open(shared_data / names[satellite]) as real:
        assert real.numeric - simulated.numeric <= {"toi"}
        assert simulated.numeric - real.numeric == set()


@pytest.mark.parametrize("satellite", Satellite)
def test_numbers_lie_where_the_archives_lie(
    catalogs: dict[Satellite, Path], satellite: Satellite, shared_data: Path
) -> None:
    """Medians agree within a factor of five: the same units and orders of magnitude, not the same sky."""
    names = {Satellite.KOI: "koi_cumulative.csv", Satellite.K2: "k2pandc.csv", Satellite.TOI: "toi.csv"}
    columns = {
        Satellite.KOI: ("koi_period", "koi_duration", "koi_depth", "koi_prad", "koi_teq", "koi_model_snr", "koi_srad"),
        Satellite.K2: ("pl_orbper", "pl_rade", "pl_radj", "pl_bmasse", "st_teff", "st_rad", "sy_dist", "sy_kmag"),
        Satellite.TOI: ("pl_orbper", "pl_trandurh", "pl_trandep", "pl_rade", "st_tmag", "st_dist", "pl_tranmid"),
    }[satellite]
    with Table.open(catalogs[satellite]) as simulated, Table.open(shared_data / names[satellite]) as real:
        ratios = np.nanmedian(simulated.numbers(columns), axis=0) / np.nanmedian(real.numbers(columns), axis=0)
    assert dict(zip(columns, ((ratios > 0.2) & (ratios < 5)).tolist(), strict=True)) == dict.fromkeys(columns, True)


def test_shares_of_the_dispositions_are_like_the_archives(catalogs: dict[Satellite, Path]) -> None:
    with Table.open(catalogs[Satellite.KOI]) as table:
        counts = table.counts("koi_disposition")
    shares = {name: count / 4_000 for name, count in counts.items()}
    assert shares["FALSE POSITIVE"] == pytest.approx(0.51, abs=0.05)
    assert shares["CONFIRMED"] == pytest.approx(0.29, abs=0.05)
    assert shares["CANDIDATE"] == pytest.approx(0.20, abs=0.05)


def test_rows_of_a_star_share_its_parameters(catalogs: dict[Satellite, Path]) -> None:
    with Table.open(catalogs[Satellite.KOI]) as table:
        stars = np.column_stack([table.numbers(["kepid", "koi_srad", "koi_steff", "koi_kepmag", "ra"])])
        assert len(np.unique(stars[:, 0])) == len(np.unique(np.nan_to_num(stars), axis=0)) < 4_000
        assert len(set(table.texts("kepoi_name"))) == 4_000


def test_planets_follow_from_their_transits(catalogs: dict[Satellite, Path]) -> None:
    """A confirmed planet's radius is consistent with depth and star, its period with the flux."""
    names = ("koi_prad", "koi_depth", "koi_srad", "koi_teq", "koi_insol")
    with Table.open(catalogs[Satellite.KOI]) as table:
        confirmed = np.array(table.texts("koi_disposition")) == "CONFIRMED"
        radius, depth, star, heat, flux = table.numbers(names)[confirmed].T
    expected = np.sqrt(depth * 1e-6) * star * physics.EARTH_RADII_PER_SUN
    assert np.nanmedian(np.abs(radius / expected - 1)) < 0.05
    assert np.nanmedian(np.abs(heat / (255 * flux**0.25) - 1)) < 0.02


def test_k2_has_several_rows_a_planet_and_one_default(catalogs: dict[Satellite, Path]) -> None:
    with Table.open(catalogs[Satellite.K2]) as table:
        names = np.array(table.texts("pl_name"))
        default = table.numbers(["default_flag"])[:, 0]
    planets = len(np.unique(names))
    assert planets < 3_000
    assert int(default.sum()) == planets


@pytest.mark.parametrize("satellite", Satellite)
def test_the_seed_alone_decides_the_rows(
    catalogs: dict[Satellite, Path], satellite: Satellite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(path: Path) -> list[str]:
        return [line for line in path.read_text().splitlines() if not line.startswith("#")]

    simulate(satellite, 4_000, 1, tmp_path / "again.csv")
    simulate(satellite, 10, 1, tmp_path / "short.csv")
    simulate(satellite, 10, 2, tmp_path / "other.csv")
    assert (tmp_path / "again.csv").read_bytes() == catalogs[satellite].read_bytes()
    assert rows(tmp_path / "short.csv") == rows(catalogs[satellite])[:11]
    assert rows(tmp_path / "other.csv")[1:] != rows(tmp_path / "short.csv")[1:]


def test_blocks_follow_each_other_without_sharing_stars(tmp_path: Path) -> None:
    shares: list[float] = []
    simulate("KOI", 41_000, 3, tmp_path / "long.csv", report=lambda share, _: shares.append(share))
    with Table.open(tmp_path / "long.csv") as table:
        assert table.row_count == 41_000
        stars = table.numbers(["kepid"])[:, 0]
        assert (np.diff(stars) >= 0).all()
        assert len(set(table.texts("kepoi_name"))) == 41_000
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_wrong_numbers_and_places(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one row"):
        simulate("KOI", 0, 1, tmp_path / "out.csv")
    with pytest.raises(InputError, match="seed"):
        simulate("KOI", 1, -1, tmp_path / "out.csv")
    with pytest.raises(InputError, match="no satellite"):
        simulate("JWST", 1, 1, tmp_path / "out.csv")
    with pytest.raises(UnavailableError, match="no folder"):
        simulate("KOI", 1, 1, tmp_path / "nowhere" / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    shares: list[float] = []
    with pytest.raises(Cancelled):
        simulate(
            "TOI",
            100 * module._BLOCK,
            1,
            tmp_path / "out.csv",
            report=lambda share, _: shares.append(share),
            should_stop=lambda: len(shares) > 1,
        )
    assert list(tmp_path.iterdir()) == []


def test_duration_of_known_transits() -> None:
    """The Earth transits the Sun in 13 hours (Borucki et al. 1996); HD 209458 b takes 3.07 hours (Winn 2010, table)."""
    earth = physics.transit_duration_hours(365.25, 215.03, 0.00917, 0.0)
    assert float(earth) == pytest.approx(13.1, abs=0.1)
    hd209458 = physics.transit_duration_hours(3.5247, 8.76, 0.1209, 0.507)
    assert float(hd209458) == pytest.approx(3.07, abs=0.06)


def test_a_grazing_companion_covers_less_and_one_outside_nothing() -> None:
    depths = physics.transit_depth_ppm(np.array([0.1, 0.1, 0.1, 0.1]), np.array([0.0, 0.9, 1.0, 1.2]))
    assert depths.tolist() == pytest.approx([10_000, 10_000, 5_000, 0])
