"""Numbers and words for missing values in the spellings of people and programs, in Python and in SQL."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exoplanet_desktop.catalogs.facts.numbers import (
    MISSING_WORDS,
    cell_kind,
    is_missing,
    read_number,
    sql_kinds,
    sql_missing,
    sql_number,
    votes,
)
from exoplanet_desktop.catalogs.facts.units import unit_name

MINUS, NBSP, THIN = "\u2212", "\u00a0", "\u2009"

numbers = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False, allow_subnormal=False)
cells = st.one_of(
    st.text("0123456789.,-+eEdD ", max_size=12),
    st.text("0123456789.,'_\u2019\u00a0\u2009\u2212\u2013\u00b1<>~()/+-eEdDKhs%\u2295 \t\n", max_size=14),
    st.text(max_size=8),
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(["", " ", "<", "> ", "\u2264", "~", NBSP]),
        st.sampled_from(["", "+", "-", MINUS, "\u2013"]),
        st.sampled_from(["1", "12.5", "1,234", "1.234", "1,234.5", "1.234,5", "0,12", "1 234", "1'234,5", ".5", "5."]),
        st.sampled_from(["", "e5", "D+02", "d-3", f"E{MINUS}2", "e99999"]),
        st.sampled_from(["", " d", "K", " R_Earth", " \u00b1 0.3", "+/-.2 h", "(5)", " +0.1 -0.2", "%", " Cnc", "_1"]),
    ),
    st.sampled_from([word.upper() for word in MISSING_WORDS] + ["inf", "-Infinity", "NaN", "mas\u212aed", "5 \u017f"]),
)


@pytest.fixture(scope="module")
def cursor() -> Iterator[Any]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.5", 1234.5),
        ("1 234,5", 1234.5),
        ("1'234", 1234.0),
        (f"1{NBSP}234{NBSP}567", 1234567.0),
        (f"1{THIN}234.5", 1234.5),
        ("1_000", 1000.0),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("1.234,5", 1234.5),
        (f"{MINUS}0.3", -0.3),
        ("\u20130.3", -0.3),
        ("1.23D+02", 123.0),
        ("1.23d2", 123.0),
        ("+5", 5.0),
        (" 5\t", 5.0),
        ("3,8530e+02", 385.3),
        ("0,123", 0.123),
        ("3,5", 3.5),
        ("1234,567", 1234.567),
    ],
)
def test_a_spelling_that_can_be_one_number_only_is_that_number_and_nothing_is_told(text: str, number: float) -> None:
    assert read_number(text, ".") == number
    assert read_number(text, ",") == number
    assert cell_kind(text, ".") == cell_kind(text, ",") == ""


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("1.2 \u00b1 0.3", 1.2, "error"),
        ("1.2+/-0.3", 1.2, "error"),
        ("1.2 +- .3", 1.2, "error"),
        ("1.2 +0.3 -0.1", 1.2, "error"),
        ("1.25(3)", 1.25, "error"),
        ("<0.96", 0.96, "limit"),
        (">= 3", 3.0, "limit"),
        ("~5", 5.0, "limit"),
        ("12.3 d", 12.3, "unit:d"),
        ("12.3d", 12.3, "unit:d"),
        ("6303.00 K", 6303.0, "unit:K"),
        ("1.2 R\u2295", 1.2, "unit:R\u2295"),
        ("2 rearth", 2.0, "unit:rearth"),
        ("1,234", 1234.0, "grouped"),
        ("1e39", 1e39, "infinite"),
        ("-Infinity", float("-inf"), "infinite"),
    ],
)
def test_what_stands_beside_a_number_is_told(text: str, number: float, kind: str) -> None:
    assert (read_number(text), cell_kind(text)) == (number, kind)


@pytest.mark.parametrize(
    "text",
    [
        *("55 Cnc", "K2-3 b", "K00752.01", "19h20m", "19 20 33.5", "2014-05-14", "2014_12", "1,2,3", "0x10", "1.5-2.0"),
        *("#VALUE!", "#DIV/0!", "n.d.", "abc", "5 furlongs", "+-3", "12 34 56", "1,23,456", "--5", "1e", "True", "5 k"),
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None
    assert cell_kind(text) == "unread"


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", " ", "NA", "n/a", "#N/A", "NaN", "NAN", "Null", "NONE", "-", "--", "\u2014", "\u2026", "...", "."),
        *("?", r"\N", "N.A.", "masked", "<NA>", "-1.#IND", f"{NBSP}NA{NBSP}", "\u2009-\u2009", "INDEF", "-nan"),
    ],
)
def test_a_word_for_missing_is_known_in_any_case_and_with_blanks(text: str | None) -> None:
    assert is_missing(text)
    assert read_number(text) is None


@pytest.mark.parametrize("text", ["0", "no", "candidate", "N", "5", "n.d.", "#VALUE!", "Unknown star"])
def test_other_words_are_not_missing(text: str) -> None:
    assert not is_missing(text)


@pytest.mark.parametrize(("text", "point", "comma"), [("1,234", 1234.0, 1.234), ("1.234", 1.234, 1234.0)])
def test_what_can_be_read_in_two_ways_follows_the_decimal_sign(text: str, point: float, comma: float) -> None:
    assert (read_number(text, "."), read_number(text, ",")) == (point, comma)


@given(numbers, st.sampled_from([",", ".", " ", "'", NBSP, THIN]), st.sampled_from([".", ","]), st.integers(1, 6))
def test_a_number_in_any_grouping_is_read_as_it_was(number: float, group: str, decimal: str, digits: int) -> None:
    if group == decimal:
        group = " "
    english = f"{number:,.{digits}f}"
    spelt = english.replace(",", "\0").replace(".", decimal).replace("\0", group).replace("-", MINUS)
    assert read_number(spelt, decimal) == float(english.replace(",", ""))


@settings(deadline=None)  # DuckDB plans a new query for each cell
@given(cells, st.sampled_from([".", ","]))
@example("1\n234", ".")
@example(" +-9", ".")
@example("1.234(5)", ",")
def test_sql_and_python_agree_on_every_cell(cursor: Any, cell: str, decimal: str) -> None:
    if "\0" in cell:
        return
    number, missing, kind = cursor.execute(
        f"SELECT {sql_number('c', decimal)}, {sql_missing('c')}, kind FROM"
        f" ({sql_kinds('(SELECT CAST(? AS VARCHAR) AS c)', decimal)})",
        [cell],
    ).fetchone()
    assert (number, missing, kind) == (read_number(cell, decimal), is_missing(cell), cell_kind(cell, decimal))


@settings(deadline=None)
@given(cells)
def test_a_cell_votes_for_one_sign_at_most_and_only_where_the_other_would_read_it_wrongly(
    cursor: Any, cell: str
) -> None:
    if "\0" in cell:
        return
    found = cursor.execute(
        "SELECT " + ", ".join("regexp_full_match(c, ?)" for _ in votes()) + " FROM (SELECT CAST(? AS VARCHAR) AS c)",
        [*votes(), cell],
    ).fetchone()
    assert sum(found) <= 1
    if sum(found):
        readings = read_number(cell, "."), read_number(cell, ",")
        assert None not in readings
        assert (readings[0] == readings[1]) is not found[2]


def test_units_have_one_name_each() -> None:
    assert unit_name("days") == unit_name("d") == "d"
    assert unit_name("Earth radii") == unit_name("R\u2295") == "R_Earth"
    assert unit_name("hrs") != unit_name("days")
