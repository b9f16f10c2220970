import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoplanet_desktop.catalogs.tables.cells import Cells, ColumnKind
from exoplanet_desktop.catalogs.tables.expression import ExpressionError, compile_filter, names_for_completion
from exoplanet_desktop.catalogs.tables.table import Table

TABLE = (
    "n,t,big,m x,in\n"
    "1,alpha,9007199254740993,5,x\n"
    "2.50,Beta,9007199254740992,,y\n"
    ",gamma 10%,9007199254740994,7,\n"
    "-3e1,,-9007199254740993,abc,z\n"
    "NaN,alpha's,4109811934545838721,1e1,x\n"
)


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("n < 2.5", [0, 3]),
        ("n <= '2.5'", [0, 1, 3]),
        ("2 < n", [1]),
        ("-50 < n < 0", [3]),
        ("n = 2.5", [1]),
        ("not n = 2.5", [0, 3]),
        ("n is missing", [2, 4]),
        ("N IS NOT MISSING and not t is missing", [0, 1]),
        ("n in (1, -30)", [0, 3]),
        ("n not in (1, -30)", [1]),
        ("n between 1 and 3", [0, 1]),
        ("n not between 1 and 3", [3]),
        ("t = 'alpha'", [0]),
        ("t = 'ALPHA'", []),
        ("t != 'alpha'", [1, 2, 4]),
        ("t in ('alpha', \"alpha's\")", [0, 4]),
        ("t = 'alpha''s'", [4]),
        ("t contains 'PH'", [0, 4]),
        ("t contains '%'", [2]),
        ("t starts with 'b' or t ends with '0%'", [1, 2]),
        ("t like '%a'", [0, 1]),
        ("t not like '%a'", [2, 4]),
        ("n like '2.5%'", [1]),
        ("t > 'b'", [2]),
        ("big = 9007199254740993", [0]),
        ("big > 9007199254740992", [0, 2, 4]),
        ("big >= 9007199254740993 and big < 9007199254740994", [0]),
        ("big != 9007199254740993", [1, 2, 3, 4]),
        ("big = -9007199254740993", [3]),
        ("big in (4109811934545838721)", [4]),
        ("big = '4109811934545838720'", []),
        ("big < 0.5", [3]),
        ("`m x` > 5", [2, 4]),
        ("`m x` = 'abc'", [3]),
        ("`in` = 'x'", [0, 4]),
        ("n * 2 + 1 = 3", [0]),
        ("2 ^ 3 ^ 2 = 512 and n = 1", [0]),
        ("-n ** 2 < 0", [0, 1, 3]),
        ("n / 0 > 1", []),
        ("n % 2 = 1", [0]),
        ("abs(n) > 2", [1, 3]),
        ("sqrt(n) >= 1", [0, 1]),
        ("log10(n) = 0", [0]),
        ("exp(n) < 3", [0, 3]),
        ("(n < 2 or n > 2) and (t = 'alpha' or (t = 'Beta'))", [0, 1]),
        ("n = 1 or n = 2.5 and t = 'nobody'", [0]),
    ],
)
def test_what_an_expression_finds(write, expression: str, rows: list[int]) -> None:
    with Table.open(write(TABLE)) as table:
        assert list(table.filtered(expression).numbers(0, 9)) == rows


@pytest.mark.parametrize(
    ("expression", "said", "position"),
    [
        ("nn < 1", "no column `nn`.*mean `n`", 0),
        ("t = alpha", "no column `alpha`.*quotation marks", 4),
        ("n <", "expected here, not the end", 3),
        ("n", "not a condition", 0),
        ("n < 1 2", "not expected here", 6),
        ("(n < 1", "closing bracket", 6),
        ("n < 'x'", "'x' is not a number", 2),
        ("t + 1 > 'a'", "number is compared|Numbers are compared|text", None),
        ("'a' + 1 > 2", "A number is expected", 4),
        ("t = 'a", "never closed", 4),
        ("n < 1; DROP TABLE data", "“;” means nothing", 5),
        ("n < 1 -- x", None, None),
        ("n is 5", "`missing` is expected", 5),
        ("1 is missing", "Only a column", 2),
        ("n not 5", "After `not`", 6),
        ("n in 5", "a list in brackets", 5),
        ("t like t", "a text in quotation marks", 7),
        ("(n < 1) < 2", "cannot be compared", 8),
        ("n < 1 and 5", "not a condition", 0),
        ("(" * 1000 + "n" + ")" * 1000, "too many nested parentheses", None),
        ("not " * 1000 + "n = 1", "too many nested parentheses", None),
        ("n = 1 or " * 5000 + "n = 1", "longer than", 0),
        ("read_csv('/etc/passwd') = 1", "no column `read_csv`", 0),
        ("n = 1 /* */", "expected here", None),
        ("?", "means nothing", 0),
    ],
)
def test_what_is_no_filter_is_told_with_its_place(
    write, expression: str, said: str | None, position: int | None
) -> None:
    with Table.open(write(TABLE)) as table, pytest.raises(ExpressionError, match=said) as caught:
        table.filtered(expression)
    assert position is None or caught.value.position == position
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


ANY = st.text(alphabet="nt`'\"()<>=!+-*/%^, ;?0123456789.einotrabdmgl_\\\n", max_size=40)


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_any_text_is_a_filter_or_an_error_with_a_place_in_it(text: str) -> None:
    cells = Cells(("n", "t"), ".", lambda name: ColumnKind(name == "n"))
    try:
        found = compile_filter(text, cells)
    except ExpressionError as error:
        assert 0 <= error.position <= len(text)
    else:
        # Not those inside string literals of the statement: number patterns contain such characters.
        assert re.sub(r"'(?:[^']|'')*'", "", found.sql).count("?") == len(found.values)


def test_a_filter_of_a_real_catalog_finds_what_reading_it_finds(shared_data: Path) -> None:
    with (shared_data / "koi_train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [
        number
        for number, row in enumerate(rows)
        if row["koi_period"] and float(row["koi_period"]) < 10 and row["koi_disposition"] != "FALSE POSITIVE"
    ]
    with Table.open(shared_data / "koi_train.csv") as table:
        view = table.filtered("koi_period < 10 and koi_disposition != 'FALSE POSITIVE'")
        assert list(view.numbers(0, len(rows))) == expected
        assert view.page(3, 2) == [table.page(number, 1)[0] for number in expected[3:5]]


def test_what_is_offered_for_completion_can_be_written(write) -> None:
    names = names_for_completion(["n", "m x", "in", "a`b"])
    assert names[:4] == ["n", "`m x`", "`in`", "`a``b`"]
    assert "starts with" in names
    with Table.open(write("n,m x,in,a`b\n1,2,3,4\n")) as table:
        for name in names[:4]:
            assert table.filtered(f"{name} > 0").row_count == 1


@pytest.mark.parametrize(
    "expression",
    [
        f"{'sqrt(' * 40}n{')' * 40} > 0",
        f"n{'^2' * 50} > 0",
        f"{'log10(' * 14}n{')' * 14} in ({', '.join(['1'] * 2000)})",
    ],
)
def test_a_filter_that_would_fill_the_memory_is_told_and_not_built(expression: str) -> None:
    cells = Cells(("n",), ".", lambda _column: ColumnKind(numeric=True))
    with pytest.raises(ExpressionError, match="too complex"):
        compile_filter(expression, cells)


def test_any_number_of_signs_before_a_number_can_be_read(write) -> None:
    with Table.open(write(TABLE)) as table:
        assert table.select(f"n = {'+' * 5000}1").row_count == 1
