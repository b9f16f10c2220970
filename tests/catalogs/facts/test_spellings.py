"""Archive names as other programs spell them: with dots, without underscores, with a unit or a table's name."""

import pytest

from exoplanet_desktop.catalogs.facts.satellites import KOI, identify
from exoplanet_desktop.catalogs.facts.spellings import archive_name
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.reading.naming import known_names
from exoplanet_desktop.catalogs.tables.table import Table

NAMES = ("kepid", "kepoi_name", "koi_disposition", "koi_period", "koi_duration", "koi_depth", "koi_prad")
ROW = "1,K00001.01,CONFIRMED,10.5,2.5,100,1.5"


@pytest.mark.parametrize(
    "spell",
    [
        lambda name: name.replace("_", "."),
        lambda name: name.replace("_", "-"),
        lambda name: name.replace("_", ""),
        lambda name: "".join(word.title() for word in name.split("_")),
        lambda name: f"cumulative.{name}",
        lambda name: f"koi.{name.upper()}",
        lambda name: f"\u00ef\u00bb\u00bf{name}" if name == "kepid" else name,
    ],
)
def test_archive_names_are_known_however_their_words_are_joined(write, spell):
    layout = sniff(write(",".join(map(spell, NAMES)) + f"\n{ROW}\n"))
    assert layout.columns == NAMES


def test_no_two_archive_names_are_taken_for_each_other():
    for name in known_names():
        assert archive_name(name, known_names()) == name


@pytest.mark.parametrize("unit", ["[days]", "(d)", "[day]", "_days", " (Days)"])
def test_a_unit_in_a_name_is_read(write, unit):
    header = ",".join(NAMES).replace("koi_period", f"koi_period{unit}")
    assert sniff(write(f"{header}\n{ROW}\n")).columns == NAMES


def test_another_unit_in_a_name_is_converted_and_told(write):
    header = ",".join(NAMES).replace("koi_duration", "koi_duration (days)").replace("koi_depth", "koi_depth [%]")
    with Table.open(write(f"{header}\n{ROW}\n")) as table:
        assert table.numbers(["koi_duration", "koi_depth"]).tolist() == [[60.0, 1e6]]
        assert "`koi_duration (days)` was converted from d to hrs." in table.layout.notes
        assert "`koi_depth [%]` was converted from % to ppm." in table.layout.notes


def test_a_unit_that_cannot_be_converted_is_told(write):
    header = ",".join(NAMES).replace("koi_prad", "koi_prad (km)")
    layout = sniff(write(f"{header}\n{ROW}\n"))
    assert "koi_prad" not in layout.columns
    assert "`koi_prad (km)` is not read as `koi_prad`, which is in Earth radii in the archive's table." in layout.notes
    found = identify(layout.columns)
    assert found.missing == ("koi_prad",)
    assert found.sentence.endswith("say which of its columns it is (`koi_prad (km)`?).")


def test_a_name_that_is_there_already_is_not_given_twice(write):
    header = ",".join(NAMES)
    layout = sniff(write(f"{header},koi.period,koi_period (d)\n{ROW},1,2\n"))
    assert layout.columns == (*NAMES, "koi.period", "koi_period (d)")
    assert KOI.satellite is identify(layout.columns).satellite


def test_many_columns_without_a_name_are_one_sentence(write):
    header, row = ",".join(NAMES).replace(",", ",,"), ROW.replace(",", ",x,")
    (note,) = sniff(write(f"{header}\n{row}\n")).notes
    assert note == "6 columns have no name; they are called `column_2`, `column_4`, `column_6`, …"
