"""Stars and objects have one form, however a file spells them: the same in Python and in SQL."""

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoplanet_desktop.catalogs.facts.identity import (
    Damage,
    damaged,
    generic_key,
    object_key,
    sql_key,
    sql_object_key,
    sql_star_key,
    star_key,
    star_of_object,
)
from exoplanet_desktop.wire.vocabulary import Satellite

_SPELLINGS = [
    "10797460",
    " 10797460",
    "10797460\u00a0",
    "010797460",
    "10797460.0",
    "10797460.00",
    "1.0797460E7",
    "1.07974600e+07",
    "10,797,460",
    "10 797 460",
    "10.797.460",
    '="10797460"',
    "'10797460",
    '"10797460"',
    "KIC 10797460",
    "kic10797460",
    "KIC-010797460",
    "KIC 10797460.0",
    "kplr010797460",
]
_PARTS = st.sampled_from(
    [*"0123456789.,eE+-'\" Kk", "KOI-", "K00", "TIC ", "KIC ", "TOI ", "EPIC ", "\u00a0", "’", "n/a", " b", "−", "\n"]
)
_TEXTS = st.one_of(st.lists(_PARTS, max_size=12).map("".join), st.text(st.characters(codec="utf-8"), max_size=12))


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("text", _SPELLINGS)
def test_all_spellings_of_a_star_are_one(text: str) -> None:
    assert star_key(text, Satellite.KOI) == "10797460"


@pytest.mark.parametrize(
    ("satellite", "texts", "key"),
    [
        (
            Satellite.KOI,
            [
                "K00752.01",
                "KOI-752.01",
                "752.01",
                "k00752.01 ",
                "KOI 752.010",
                "K752.01",
                "koi752.01",
                "K00752.01\x0b",
                "\u0085K00752.01",
            ],
            "K00752.01",
        ),
        (Satellite.KOI, ["K00752.10", "752.1", "KOI-752.1"], "K00752.10"),
        (Satellite.TOI, ["TOI 101.01", "101.01", "101.010", "TOI-101.01", "00101.01", "1.0101E2"], "101.01"),
        (Satellite.TOI, ["1,234.01", "1234.01", "toi 1,234.01"], "1234.01"),
        (Satellite.TOI, ["101.1", "101.10"], "101.10"),
        (Satellite.K2, ["K2-18 b", "k2-18 b", "K2-18\u00a0 B", "K2‑18 b"], "k2-18b"),
        (Satellite.K2, ["EPIC 201912552.01", "201912552.01", "epic201912552.01"], "201912552.01"),
    ],
)
def test_all_spellings_of_an_object_are_one(satellite: Satellite, texts: list[str], key: str) -> None:
    assert {object_key(text, satellite) for text in texts} == {key}


def test_different_stars_stay_different() -> None:
    texts = ["4295128391234567041", "4295128391234567042", "429512839123456704", "K2-1", "K2-10", "1.5", "15"]
    assert len({star_key(text, Satellite.K2) for text in texts}) == len(texts)


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "NaN", "n/a", "NULL", "-", "?", "\\N"])
def test_a_missing_cell_is_no_star(text: str) -> None:
    assert (star_key(text, Satellite.KOI), object_key(text, Satellite.TOI), generic_key(text)) == ("", "", "")


def test_the_star_is_known_from_the_object() -> None:
    assert star_of_object("KOI-752.02", Satellite.KOI) == star_of_object("K00752.01 ", Satellite.KOI) == "K00752"
    assert star_of_object("TOI 101.02", Satellite.TOI) == star_of_object("101.010", Satellite.TOI) == "TOI-101"
    assert star_of_object("K2-288 B b", Satellite.K2) == star_key("K2-288 B", Satellite.K2)
    assert star_of_object("Kepler-227 b", Satellite.KOI) == star_of_object("Kepler-227 c", Satellite.KOI)
    assert star_of_object("NaN", Satellite.KOI) == ""


@settings(deadline=None, max_examples=150)
@given(st.lists(_TEXTS.filter(lambda text: "\0" not in text), min_size=1, max_size=20))
def test_python_and_sql_agree(database: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    wanted = {"generic": [generic_key(text) for text in texts]}
    sql = {"generic": sql_key("cells.text")}
    for satellite in Satellite:
        wanted[f"star_{satellite}"] = [star_key(text, satellite) for text in texts]
        wanted[f"object_{satellite}"] = [object_key(text, satellite) for text in texts]
        sql[f"star_{satellite}"] = sql_star_key("cells.text", satellite)
        sql[f"object_{satellite}"] = sql_object_key("cells.text", satellite)
    found = database.execute(
        f"SELECT {', '.join(sql.values())} FROM (SELECT unnest(?::VARCHAR[]) AS text) AS cells", [texts]
    ).fetchall()
    assert dict(zip(sql, map(list, zip(*found, strict=True)), strict=True)) == wanted


def test_a_missing_cell_has_an_empty_key_in_sql(database: duckdb.DuckDBPyConnection) -> None:
    assert database.execute(f"SELECT {sql_key('NULL::VARCHAR')}").fetchone() == ("",)


def test_a_catalogs_own_spelling_is_its_key(shared_data: Path) -> None:
    with (shared_data / "koi_cumulative.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert all(row["kepid"] == star_key(row["kepid"], Satellite.KOI) for row in rows)
    assert all(row["kepoi_name"] == object_key(row["kepoi_name"], Satellite.KOI) for row in rows)


def test_identifiers_that_lost_digits_are_told() -> None:
    texts = ["1.08E+07", "1.08E+07", "5.89E+06", "", "10797460"]
    found = damaged(texts, ["K00752.01", "K00753.01", "K00754.01", "", "K00755.01"], Satellite.KOI)
    assert found is not None
    assert (found.count, found.rows, found.left, found.named, found.line, found.example) == (3, 4, 3, 4, 0, "1.08E+07")
    assert found.sentence("kepid") == (
        "3 of 4 identifiers in `kepid` have lost digits, such as `1.08E+07`: 4 stars became 3."
        " Export the catalog again with this column as text."
    )


def test_identifiers_that_were_rounded_and_written_out_are_told() -> None:
    assert damaged([str(number * 10_000) for number in range(1_000, 1_040)]) is not None
    assert damaged([str(231_663_904 + 16 * number) for number in range(40)]) is not None


@pytest.mark.parametrize(
    "texts",
    [
        ["5.89418200E6", "1.06620210E7", "1.0797460E7"],
        [str(10_797_461 + 37 * number) for number in range(200)],
        [str(231_663_901 + 97 * number) for number in range(200)],
        ["K2-18", "EPIC 201912552", "Kepler-10000"],
        [],
    ],
)
def test_sound_identifiers_are_not_called_damaged(texts: list[str]) -> None:
    assert damaged(texts) is None


@pytest.mark.parametrize("name", ["koi_cumulative.csv", "toi.csv", "k2pandc.csv"])
def test_the_archives_identifiers_are_sound(shared_data: Path, name: str) -> None:
    with (shared_data / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    column = next(column for column in ("kepid", "tid", "hostname") if column in rows[0])
    assert damaged(row[column] for row in rows) is None


def test_stars_that_a_spreadsheet_rounded_are_counted(shared_data: Path) -> None:
    with (shared_data.parent / "cases" / "reading" / "i_excel_id.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = damaged((row["kepid"] for row in rows), (row["kepoi_name"] for row in rows), Satellite.KOI)
    assert found is not None
    assert (found.count, found.named, found.left) == (120, 119, 98)


def test_stars_that_all_remain_became_no_others() -> None:
    sentence = Damage(count=1, rows=4, left=4, named=4, line=0, example="1.08E+07").sentence("kepid")
    assert sentence.startswith("1 of 4 identifiers in `kepid` have lost digits, such as `1.08E+07`. Export")
