"""Columns under other names: the archive's in any spelling, publishers' lists, and the user's own map."""

from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.base.progress import never, silent
from exoplanet_desktop.catalogs.facts.satellites import identify
from exoplanet_desktop.catalogs.merging.merge import merge
from exoplanet_desktop.catalogs.merging.preparing import prepare
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.reading.naming import known_names, parse_meanings, publishers_names, read_renames
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Satellite

EXOFOP = (
    "TIC ID,TOI,TFOPWG Disposition,TESS Mag,RA,Dec,Epoch (BJD),Period (days),Duration (hours),Depth (ppm),"
    "Planet Radius (R_Earth),Stellar Eff Temp (K),Comments\n"
    "243014114,4512.01,KP,11.27,60.79,16.34,2459450.83655,19.56,6.42,1397.8,3.28,4246.8,odd\n"
    "207237016,917.01,PC,11.24,49.81,-59.4,2459104.563086,26.41,3.05,5967.2,24.16,6070.0,\n"
)
MIT = (
    "# TESS Object of Interest\n"
    "TIC,Full TOI ID,TOI Disposition,TMag Value,Epoch Value,Epoch Error,Orbital Period Value,Transit Duration Value,"
    "Transit Depth Value,Planet Radius Value,Sectors\n"
    '470911286,3986.01,PC,12.523,1981.4849967,0.0078905,1.62,3.262,1100.0,10.31,"[17, 18]"\n'
    '269043098,3965.01,FP,12.805,,0.0031235,4.72,5.016,6320.0,17.16,"[17]"\n'
)


def cells(path: Path, column: str, choice: ReadingOptions | None = None) -> list[str | None]:
    with Table.open(path, layout=sniff(path, choice)) as table:
        return table.texts(column)


def test_the_archives_names_count_in_any_spelling(write) -> None:
    path = write('KEPID, koi_period ,"""koi_duration""",Koi\xa0Depth,mine\n1,2,3,4,5\n')
    layout = sniff(path)
    assert layout.columns == ("kepid", "koi_period", "koi_duration", "koi_depth", "mine")
    assert layout.file_columns[0] == "KEPID"
    assert any("`KEPID` as `kepid`" in note for note in layout.notes)
    assert cells(path, "koi_depth") == ["4"]


def test_a_name_that_is_there_already_is_not_given_twice(write) -> None:
    layout = sniff(write("kepid,koi period,koi_period\n1,2,3\n"))
    assert layout.columns == ("kepid", "koi period", "koi_period")
    assert layout.given == ()


def test_a_table_of_the_archive_is_left_alone(write) -> None:
    layout = sniff(write("kepid,kepoi_name,koi_disposition,koi_period\n1,K1.01,CONFIRMED,3\n"))
    assert layout.given == ()
    assert layout.notes == ()


def test_exofops_list_is_toi(write) -> None:
    path = write(EXOFOP)
    layout = sniff(path)
    assert identify(layout.columns).satellite is Satellite.TOI
    assert {"tid", "toi", "tfopwg_disp", "pl_tranmid", "pl_trandep", "st_teff"} <= set(layout.columns)
    assert layout.conversions == {}
    assert layout.units["pl_orbper"] == "days"
    assert "`Stellar Eff Temp (K)` in the file" in layout.labels["st_teff"]
    assert any("ExoFOP's list" in note for note in layout.notes)
    assert any("1 column has no counterpart" in note and "`Comments`" in note for note in layout.notes)
    assert cells(path, "pl_trandep") == ["1397.8", "5967.2"]


def test_few_names_of_a_list_do_not_make_it_that_list(write) -> None:
    layout = sniff(write("TIC ID,Period (days),Sectors\n1,2,3\n"))
    assert layout.columns == ("TIC ID", "Period (days)", "Sectors")


def test_a_depth_in_magnitudes_is_converted_where_none_is_in_ppm(write) -> None:
    path = write(EXOFOP.replace("Depth (ppm)", "Depth (mmag)").replace("1397.8", "1.5").replace("5967.2", "20.784"))
    layout = sniff(path)
    assert set(layout.conversions) == {"pl_trandep"}
    assert "`Depth (mmag)` was converted from mmag to ppm." in layout.notes
    assert [float(cell or "nan") for cell in cells(path, "pl_trandep")] == pytest.approx([1380.60, 18960.7], rel=1e-4)
    both = write(EXOFOP.replace("Comments", "Depth (mmag)"), "both.csv")
    assert sniff(both).conversions == {}
    assert cells(both, "pl_trandep") == ["1397.8", "5967.2"]


def test_an_epoch_is_converted_to_the_digit_and_a_missing_one_stays_missing(write) -> None:
    path = write(MIT)
    assert "`Epoch Value` was converted from BTJD to BJD." in sniff(path).notes
    assert cells(path, "pl_tranmid") == ["2458981.4849967", None]
    assert cells(path, "pl_tranmiderr1") == ["0.0078905", "0.0031235"]


def test_conversions_hold_for_merges_too(write, tmp_path) -> None:
    path = write(MIT)
    prepared = prepare(sniff(path), tmp_path, "one", report=silent, should_stop=never)
    assert not prepared.direct
    other = write("toi,tid,tfopwg_disp,pl_tranmid\n3986.01,470911286,PC,2458981.4849967\n", "toi.csv")
    out = tmp_path / "merged.csv"
    merge(path, other, out)
    assert cells(out, "pl_tranmid")[0] == cells(out, "pl_tranmid")[2] == "2458981.4849967"


def test_a_decimal_comma_is_kept_by_a_conversion(write) -> None:
    text = MIT.replace(",", ";").replace(".", ",").replace("17; 18", "17")
    path = write(text)
    assert sniff(path).decimal == ","
    assert cells(path, "pl_tranmid")[0] == "2458981,4849967"


def test_the_users_own_names(write) -> None:
    path = write("star,P,depth\n10797460,9.48,615.8\n")
    names = write("file,program\nstar,kepid\nP,koi_period\n", "names.csv")
    choice = ReadingOptions(rename=read_renames(names))
    layout = sniff(path, choice)
    assert layout.columns == ("kepid", "koi_period", "depth")
    assert any("`star` as `kepid`" in note for note in layout.notes)
    assert ReadingOptions.from_json(choice.to_json()) == choice
    assert read_renames(write('{"star": "kepid", "P": "koi_period"}', "names.json")) == choice.rename


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,program\nP,KOI_PERIOD\n", "Did you mean `koi_period`?"),
        ("file,program\nP,nonsense\n", "knows no such column"),
        ("file,program\nP,koi_period\nQ,koi_period\n", "cannot both become"),
        ("file,program\nP,koi_period\nP,koi_depth\n", "two names"),
        ("file,program\nP\n", "two names"),
        ("P,koi_period\n", "should begin with the line file,program"),
        ('{"P": 1}', "one name for each column"),
        ('{"P": ', "not readable JSON"),
        ("", "file,program"),
    ],
)
def test_a_map_that_cannot_be_meant_is_refused(write, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("?", r"\?")):
        read_renames(write(text, "names.csv"))


@pytest.mark.parametrize(
    ("rename", "words"),
    [
        ({"Q": "koi_period"}, "has no column `Q`"),
        ({"P": "kepid"}, "has a column of that name"),
    ],
)
def test_a_map_that_does_not_fit_the_file_is_refused(write, rename, words: str) -> None:
    with pytest.raises(InputError, match=words):
        sniff(write("kepid,P\n1,2\n"), ReadingOptions(rename=rename))


def test_the_label_column_is_the_users(write) -> None:
    path = write("kepid,koi_period,koi_disposition,verdict\n1,2,CONFIRMED,0\n2,3,CANDIDATE,1\n")
    layout = sniff(path, ReadingOptions(label="verdict", labels={"0": "FALSE POSITIVE", "1": "CONFIRMED"}))
    assert layout.columns == ("kepid", "koi_period", "koi_disposition_2", "koi_disposition")
    assert layout.file_columns == ("kepid", "koi_period", "koi_disposition", "verdict")
    assert layout.dispositions == {"0": "FALSE POSITIVE", "1": "CONFIRMED"}
    assert any("`koi_disposition` are not used" in note for note in layout.notes)
    assert cells(path, "koi_disposition", ReadingOptions(label="verdict")) == ["0", "1"]


def test_a_label_column_that_cannot_be_is_refused(write) -> None:
    path = write("kepid,koi_period,verdict\n1,2,3\n")
    with pytest.raises(InputError, match="no column `nothing` with labels"):
        sniff(path, ReadingOptions(label="nothing"))
    with pytest.raises(InputError, match="is not a class"):
        sniff(path, ReadingOptions(label="verdict", labels={"3": "PLANET"}))
    with pytest.raises(InputError, match="which satellite"):
        sniff(write("name,verdict\n1,2\n", "other.csv"), ReadingOptions(label="verdict"))


@pytest.mark.parametrize("text", ["0", "=CONFIRMED", "0=PLANET", "0:CONFIRMED"])
def test_meanings_that_are_none(text: str) -> None:
    with pytest.raises(InputError):
        parse_meanings(text)


@pytest.mark.parametrize("publisher", ["exofop_toi", "mit_toi"])
def test_publishers_names_lead_to_columns_that_the_program_knows(publisher: str) -> None:
    assert {rename.program for rename in publishers_names(publisher).values()} <= known_names()


@pytest.mark.parametrize(("name", "skip"), [("exofop_tois_2025-07.csv.gz", 2), ("exofop_tois_2024-04.csv.gz", 0)])
def test_exofops_columns_hold_what_the_archives_hold(shared_data: Path, name: str, skip: int) -> None:
    """By TOI number; values that TESS has since remeasured differ, those from the star catalog do not."""
    theirs, ours = shared_data / name, shared_data / "toi.csv"
    columns = ("st_tmag", "st_dist", "st_teff", "st_logg", "pl_tranmid", "pl_orbper", "pl_trandurh", "pl_trandep")
    with Table.open(theirs, layout=sniff(theirs, ReadingOptions(skip=skip))) as left, Table.open(ours) as right:
        places = {float(toi or 0): place for place, toi in enumerate(right.texts("toi"))}
        pairs = [(a, places[float(toi or 0)]) for a, toi in enumerate(left.texts("toi")) if float(toi or 0) in places]
        rows = [a for a, _ in pairs], [b for _, b in pairs]
        assert len(pairs) > 7_000
        a, b = left.numbers(columns)[rows[0]], right.numbers(columns)[rows[1]]
    for place, column in enumerate(columns):
        there = (a[:, place] == a[:, place]) & (b[:, place] == b[:, place])
        close = abs(a[there, place] - b[there, place]) <= 1e-6 * abs(b[there, place])
        assert there.mean() > 0.85, column
        assert close.mean() > (0.999 if column.startswith("st_") else 0.8), column
