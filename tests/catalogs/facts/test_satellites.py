"""Recognises a catalog by columns that no other catalog has."""

from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.facts.dictionary import dictionary
from exoplanet_desktop.catalogs.facts.satellites import (
    SATELLITES,
    check_for_prediction,
    check_for_training,
    identify,
    recognise,
    star_source,
)
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.errors import InputError, MissingColumns
from exoplanet_desktop.wire.vocabulary import Satellite

KOI, K2, TOI = (SATELLITES[satellite] for satellite in (Satellite.KOI, Satellite.K2, Satellite.TOI))
PLANETS = ("pl_name", "hostname", "discoverymethod", "disc_year", "pl_orbper", "pl_rade", "st_teff", "st_rad")
SHORT_K2 = ("pl_name", "hostname", "k2_name", "disposition", "default_flag", "disc_year", "pl_orbper", "pl_rade")


@pytest.mark.parametrize("satellite", Satellite)
def test_the_archives_tables_are_what_they_are(satellite: Satellite) -> None:
    found = identify(dictionary(satellite))
    assert (found.satellite, found.missing, found.kind, found.sentence) == (satellite, (), "", "")


@pytest.mark.parametrize("satellite", Satellite)
def test_a_catalog_is_known_by_its_names_without_its_measurements(satellite: Satellite) -> None:
    info = SATELLITES[satellite]
    found = identify((info.label, *info.identifiers))
    assert found.satellite is satellite
    assert found.missing == info.required
    assert info.required[0] in found.sentence


def test_a_toi_table_without_durations_is_one_of_toi() -> None:
    columns = [name for name in dictionary(Satellite.TOI) if not name.startswith("pl_trandurh")]
    found = identify(columns)
    assert (found.satellite, found.missing) == (Satellite.TOI, ("pl_trandurh",))
    with pytest.raises(MissingColumns, match="pl_trandurh"):
        check_for_prediction(columns, TOI)


def test_the_short_export_of_k2_can_be_trained_on() -> None:
    assert recognise(SHORT_K2) is Satellite.K2
    check_for_training(SHORT_K2, K2)


@pytest.mark.parametrize("info", SATELLITES.values(), ids=SATELLITES.keys())
@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (PLANETS, "ps"),
        ((*PLANETS, "tid"), "ps"),
        (("kepid", "tce_plnt_num", "tce_period", "tce_duration"), "tce"),
        (("kepid", "teff", "logg", "radius", "mass"), "keplerstellar"),
        (("name", "planet_status", "mass", "star_name"), "exoplanet.eu"),
        (("pl_hostname", "pl_letter", "pl_orbper"), "planets"),
        (("epic_name", "epic_candname", "k2c_disp", "pl_orbper"), "k2candidates"),
        (("LABEL", *(f"FLUX.{number}" for number in range(1, 50))), "lightcurves"),
    ],
)
def test_another_table_is_named_and_refused_for_any_satellite(columns, kind: str, info) -> None:
    found = identify(columns)
    assert (found.satellite, found.kind) == (None, kind)
    for check in (check_for_training, check_for_prediction):
        with pytest.raises(InputError) as refused:
            check(columns, info)
        assert str(refused.value) == found.sentence


def test_planets_with_the_label_of_k2_are_k2() -> None:
    assert recognise((*PLANETS, "disposition")) is Satellite.K2


def test_shared_measurements_alone_are_a_doubt() -> None:
    columns = ("pl_name", "pl_orbper", "pl_rade", "pl_eqt", "pl_insol", "st_teff", "st_logg", "st_rad", "sy_vmag")
    found = identify(columns)
    assert found.satellite is None
    assert not found.kind
    assert "Specify which satellite" in found.sentence
    check_for_prediction(columns, K2)  # at the user's explicit choice


def test_a_word_of_everybodys_is_no_mark_of_k2() -> None:
    assert identify(("name", "disposition", "mass")).satellite is None


def test_a_table_of_another_satellite_is_refused() -> None:
    with pytest.raises(InputError, match="are those of TESS Objects of Interest"):
        check_for_prediction(dictionary(Satellite.TOI), K2)


def test_the_objects_name_does_for_the_star() -> None:
    columns = [name for name in dictionary(Satellite.KOI) if name != "kepid"]
    assert star_source(columns, KOI) == "kepoi_name"
    check_for_training(columns, KOI)
    nameless = [name for name in columns if name != "kepoi_name"]
    assert star_source(nameless, KOI) is None
    with pytest.raises(MissingColumns, match="`kepoi_name` would also work"):
        check_for_training(nameless, KOI)


def test_a_column_that_may_hold_the_label_is_named() -> None:
    columns = [*(name for name in dictionary(Satellite.KOI) if name != "koi_disposition"), "disposition"]
    with pytest.raises(MissingColumns, match="`disposition`"):
        check_for_training(columns, KOI)


@pytest.mark.parametrize(
    ("name", "satellite"),
    [
        ("koi_cumulative.csv", Satellite.KOI),
        ("koi_full_2022.csv.gz", Satellite.KOI),
        ("koi_cumulative_2019-01.csv.gz", Satellite.KOI),
        ("k2pandc.csv", Satellite.K2),
        ("k2pandc_2022-10.csv.gz", Satellite.K2),
        ("k2_test.csv", Satellite.K2),
        ("toi.csv", Satellite.TOI),
        ("toi_2022-11.csv.gz", Satellite.TOI),
        ("exofop_tois_2024-04.csv.gz", Satellite.TOI),
    ],
)
def test_real_catalogs(shared_data: Path, name: str, satellite: Satellite) -> None:
    found = identify(sniff(shared_data / name).columns)
    assert (found.satellite, found.sentence) == (satellite, "")
    check_for_training(sniff(shared_data / name).columns, SATELLITES[satellite])


@pytest.mark.parametrize(
    ("name", "satellite", "kind"),
    [
        ("catalogs/exofop_direct_no_banner.csv", Satellite.TOI, ""),
        ("catalogs/tev_toi_2021.csv", Satellite.TOI, ""),
        ("catalogs/k2_under_koi_names_empty_columns.csv", Satellite.KOI, ""),
        ("catalogs/k2pandc_2022_without_star_columns.csv", Satellite.K2, ""),
        ("catalogs/kaggle_cut_without_kepid.csv", Satellite.KOI, ""),
        ("catalogs/koi_columns_label_disposition.csv", Satellite.KOI, ""),
        ("catalogs/koi_renamed_as_ps.csv", None, ""),
        ("catalogs/ps_2025_tess_planets.csv", None, "ps"),
        ("reading/t_pscomppars.csv", None, "ps"),
        ("reading/t_toi_no_duration.csv", Satellite.TOI, ""),
        ("reading/t_exofop.csv", Satellite.TOI, ""),
        ("reading/t_hackathon_problem.csv", Satellite.KOI, ""),
    ],
)
def test_cuts_of_real_files(shared_data: Path, name: str, satellite: Satellite | None, kind: str) -> None:
    path = shared_data.parent / "cases" / name
    if not path.is_file():
        pytest.skip("the small real files are not here (../shared/cases)")
    found = identify(sniff(path).columns)
    assert (found.satellite, found.kind) == (satellite, kind)
