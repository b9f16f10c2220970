import csv
import io

import pytest

from exoplanet_desktop.catalogs.reading.records import MAX_RECORD, BadLine, CsvRecord, bounded_lines, split_records


def split(text: str, delimiter: str = ",", width: int | None = None) -> list[CsvRecord | BadLine]:
    return list(split_records(io.StringIO(text, newline=""), delimiter, width))


def cells(text: str, delimiter: str = ",", width: int | None = None) -> list[tuple[str, ...]]:
    return [record.cells for record in split(text, delimiter, width) if isinstance(record, CsvRecord)]


def bad(text: str, width: int | None = None) -> list[tuple[int, str]]:
    return [(record.line, record.reason) for record in split(text, ",", width) if isinstance(record, BadLine)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [("a", "b"), ("1", "2")]),
        ("a,b\r\n1,2\n3,4\r5,6", [("a", "b"), ("1", "2"), ("3", "4"), ("5", "6")]),
        ("a,b\n\n  \n1,2\n\n", [("a", "b"), ("1", "2")]),
        ('a,b\n"x,y","p ""q"""\n', [("a", "b"), ("x,y", 'p "q"')]),
        ('a,b\n"x\n\ny",2\n', [("a", "b"), ("x\n\ny", "2")]),
        ('a,b\n5" scope,2\n', [("a", "b"), ('5" scope', "2")]),
        ('a,b\n "x,y" , 2\n', [("a", "b"), ("x,y", " 2")]),
        ("a,b\n1,2,,\n", [("a", "b"), ("1", "2")]),
        ("a,b\n#1,&#x131;\n", [("a", "b"), ("#1", "&#x131;")]),
        ("a\n\n1\n", [("a",), ("1",)]),
    ],
)
def test_records(text: str, expected: list[tuple[str, ...]]) -> None:
    assert cells(text) == expected


def test_a_row_of_empty_cells_is_a_row_whatever_the_delimiter() -> None:
    assert cells("a\tb\n\t\n1\t2\n", "\t") == [("a", "b"), ("", ""), ("1", "2")]
    assert cells("a,b\n,\n") == [("a", "b"), ("", "")]


def test_ragged_lines_are_reported_with_their_numbers() -> None:
    assert bad("a,b\n1,2\n3\n4,5,6\n7,8\n") == [
        (3, "1 cell where the header has 2"),
        (4, "3 cells where the header has 2"),
    ]


def test_a_quote_that_never_closes_costs_its_own_line_only() -> None:
    text = 'a,b\n1,2\n3,"4\n5,6\n7,8\n'
    assert bad(text) == [(3, "a quotation mark that is never closed")]
    assert cells(text)[1:] == [("1", "2"), ("5", "6"), ("7", "8")]


def test_a_stray_quote_before_a_quoted_cell_does_not_swallow_what_lies_between() -> None:
    text = 'a,b\n1,"2\n3,4\n5,"x"\n'
    assert bad(text) == [(2, "text after a closing quotation mark")]
    assert cells(text)[1:] == [("3", "4"), ("5", "x")]


def test_a_nul_and_a_huge_cell_are_reported() -> None:
    assert bad(f'a,b\n1,\0\n2,{"x" * 140_000}\n"y\0",1\n', 2)[0][0] == 2
    assert [line for line, _ in bad(f'a,b\n1,\0\n2,{"x" * 140_000}\n"y\0",1\n')] == [2, 3, 4]


def test_a_line_without_end_is_not_read_into_memory() -> None:
    class Endless(io.StringIO):
        longest = 0

        def readline(self, size: int = -1) -> str:  # type: ignore[override]
            Endless.longest = max(Endless.longest, size)
            assert size > 0
            return super().readline(size)

    file = Endless("a,b\n" + "x" * (3 * MAX_RECORD) + "\n1,2\n", newline="")
    records = list(split_records(bounded_lines(file), ","))
    assert [type(record) for record in records] == [CsvRecord, BadLine, CsvRecord]
    assert records[2] == CsvRecord(3, 3, ("1", "2"))
    assert Endless.longest <= MAX_RECORD + 1


def test_many_stray_quotes_take_no_more_than_linear_time() -> None:
    rows = 20_000
    text = "a,b\n" + '1,"2\n' * rows
    assert len(bad(text)) == rows
    far = "a,b\n" + ('1,"2\n' + "3,4\n" * 99) * 100
    assert len(bad(far)) == 100
    assert len(cells(far)) == 1 + 99 * 100


def test_the_records_of_a_long_quoted_text_are_those_of_the_csv_module() -> None:
    text = io.StringIO(newline="")
    rows = [["a", "b"], *([f"line\n{number}", f'"{number}"'] for number in range(500))]
    csv.writer(text).writerows(rows)
    assert cells(text.getvalue()) == [tuple(row) for row in rows]
