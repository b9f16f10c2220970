import csv
import gzip
import threading
from pathlib import Path

import duckdb
import pytest

from exoplanet_desktop.catalogs.reading.layout import preview, sniff
from exoplanet_desktop.catalogs.tables.export import Format, export
from exoplanet_desktop.catalogs.tables.summary import Brief, brief, without_variety
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import ColumnFilter, RowNumbers
from exoplanet_desktop.errors import BugError, Cancelled, InputError, UnavailableError, UnreadableFile
from exoplanet_desktop.wire.reading_options import ReadingOptions


def test_several_columns_sort_with_blanks_last_and_numbers_exactly(write) -> None:
    path = write("c,i\nb,9007199254740993\na,9007199254740992\n,1\nb,\na,9007199254740994\nNA,-9007199254740993\n")
    with Table.open(path) as table:
        assert [row[1] for row in table.select(order=[("i", False)]).page(0, 9)] == [
            *("-9007199254740993", "1", "9007199254740992", "9007199254740993", "9007199254740994"),
            None,
        ]
        view = table.select(order=[("c", True), ("i", True)])
        assert list(view.numbers(0, 9)) == [0, 3, 4, 1, 2, 5]
        assert view.page(4, 9) == [(None, "1"), ("NA", "-9007199254740993")]


def test_filters_of_columns_must_all_hold(write) -> None:
    with Table.open(write("a,b c\n1,x\n2,y's\n3,\n")) as table:
        assert table.select([ColumnFilter("a", ">", "1"), ColumnFilter("b c", "is there")]).page(0, 9) == [("2", "y's")]
        assert table.select([ColumnFilter("b c", "contains", "Y'S")]).row_count == 1
        assert table.select([ColumnFilter("b c", "is missing")]).row_count == 1
        assert table.select([ColumnFilter("a", "<=", 2)]).row_count == 2
        assert table.select([]).row_count == table.select("  ").row_count == 3
        assert table.select([ColumnFilter("a", "between", ("2", ""))]).row_count == 2
        assert table.select([ColumnFilter("a", "between", ("", "1"))]).row_count == 1
        assert table.select([ColumnFilter("a", "between", ("-1", "2")), "a = 1 or a = 3"]).row_count == 1
        assert table.select([ColumnFilter("b c", "one of", ("x", "y's")), "", "a > 1"]).row_count == 1
        with pytest.raises(InputError, match="no column `x`"):
            table.select([ColumnFilter("x", "=", "1")])


def test_an_empty_view_has_no_rows(write) -> None:
    with Table.open(write("a,b\n1,x\n")) as table:
        view = table.filtered("a > 1")
        assert (view.row_count, view.page(0, 9), view.find("x")) == (0, [], None)
        assert table.summary("a", view).missing_share == 0


def test_columns_without_variety_are_the_empty_and_the_constant_ones(write) -> None:
    with Table.open(write("a,b,c,d\n1,,x,\n2,,x,1\n3,NA,x,1\n")) as table:
        assert without_variety(table) == {"b", "c"}
        assert brief(table.select(), "d") == Brief(3, 1, "1", "1")
        assert brief(table.select(), "b").missing_share == 1


@pytest.mark.parametrize("quoted", [False, True])
def test_rows_come_from_the_file_as_from_the_database(shared_data: Path, quoted: bool) -> None:
    name = "k2pandc.csv" if quoted else "koi_cumulative.csv"
    with Table.open(shared_data / name) as table:
        assert table._index is not None
        numbers = [table.row_count - 1, 0, *range(table.row_count - 2, 0, -37)]
        found = table._index.read(numbers)
        assert found is not None
        table._index = None
        assert table.rows(numbers) == found
        assert table.rows(range(5)) == table.rows([0, 1, 2, 3, 4])


def test_a_file_that_changes_later_changes_no_row(write) -> None:
    path = write("a,b\n1,2\n3,4\n5,6\n")
    with Table.open(path) as table:
        path.write_text("a,b\n7,8\n")
        assert table.page(1, 2) == [("3", "4"), ("5", "6")]
        path.unlink()
        assert table.select(order=[("a", True)]).page(0, 2) == [("5", "6"), ("3", "4")]


def test_finding_goes_on_from_a_row_and_sees_the_view_alone(write) -> None:
    path = write("a,b\n" + "".join(f"{n},row {n}\n" for n in range(60_000)))
    with Table.open(path) as table:
        view = table.select("a % 2 = 0", [("a", True)])
        assert view.find("ROW 58") == (0 + (59_998 - 58_998) // 2, "b")
        assert view.find("59998") == (0, "a")
        assert view.find("59998", 1) is None
        assert view.find("row 2", 29_500) == ((59_998 - 298) // 2, "b")
        assert view.find("row 4", 29_999, ["b"], backwards=True) == (29_997, "b")
        assert view.find("59999") is None
        assert view.find("") is None
        with pytest.raises(Cancelled):
            view.find("x", should_stop=lambda: True)


def test_views_that_nobody_holds_take_no_room(write) -> None:
    with Table.open(write("a,b\n1,x\n2,y\n")) as table:
        for number in range(20):
            assert table.filtered(f"a > {number}").row_count == max(0, 2 - number)
        for column in ("a", "b"):
            for down in (True, False):
                table.select(order=[(column, down), ("a", True)])
                table.select(order=[(column, down)]).page(0, 1)
        with table.reading() as cursor:
            names = [name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        assert len(names) <= 2


def test_pages_are_read_while_a_view_is_made(shared_data: Path) -> None:
    failures: list[BaseException] = []
    with Table.open(shared_data / "koi_train.csv") as table:

        def sort() -> None:
            try:
                for column in table.columns[10:20]:
                    table.select("koi_prad > 1", [(column, False)])
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=sort)
        thread.start()
        while thread.is_alive():
            assert len(table.page(100, 50)) == 50
        thread.join()
    assert failures == []


def test_a_summary_has_what_is_in_the_column(shared_data: Path) -> None:
    with Table.open(shared_data / "koi_cumulative.csv") as table:
        found = table.summary("koi_prad")
        values = table.numbers(["koi_prad"])[:, 0]
        values.sort()
        values = values[: found.rows - found.missing]
        assert (found.rows, found.missing, found.numeric) == (9564, 363, True)
        assert [found.least, found.most] == ["0.08", "200346.00"]
        assert found.quantiles[0.5] == values[len(values) // 2]
        histogram = found.histogram
        assert histogram is not None and histogram.logarithmic
        assert set(histogram.counts) == {"CONFIRMED", "CANDIDATE", "FALSE POSITIVE"}
        assert sum(map(sum, histogram.counts.values())) + histogram.outside == len(values)
        for place in (0, 7, 20):
            low, high = histogram.edges[place : place + 2]
            counted = sum(each[place] for each in histogram.counts.values())
            assert abs(counted - ((values >= low) & (values < high)).sum()) <= 2  # at an edge, rounding decides
        texts = table.summary("koi_disposition", table.filtered("koi_prad > 2"))
        assert sum(count for _, count in texts.top) == texts.rows == (values > 2).sum()
        assert table.summary("koi_teq_err1").constant


@pytest.mark.parametrize(
    ("cells", "edges"),
    [(["1", "1"], 2), (["0", "5"], 41), (["-1e308", "1e308"], 41), (["inf", "3", "-inf"], 2), (["NA", ""], None)],
)
def test_summaries_of_strange_columns(write, cells: list[str], edges: int | None) -> None:
    with Table.open(write("a,b\n" + "".join(f"{cell},x\n" for cell in cells))) as table:
        found = table.summary("a")
        assert edges is None or found.histogram is not None
        if found.histogram is not None:
            assert len(found.histogram.edges) == edges
            assert list(found.histogram.edges) == sorted(found.histogram.edges)
            assert sum(map(sum, found.histogram.counts.values())) + found.histogram.outside == len(cells)


@pytest.mark.parametrize("order", [(), (("koi_prad", True),)])
def test_an_export_is_what_is_shown(shared_data: Path, tmp_path: Path, order: tuple[tuple[str, bool], ...]) -> None:
    with Table.open(shared_data / "koi_cumulative.csv") as table:
        view = table.select("koi_period < 3", order)
        export(view, tmp_path / "out.csv")
        with (tmp_path / "out.csv").open(newline="") as file:
            header, *rows = csv.reader(file)
        assert tuple(header) == table.columns
        assert [tuple(cell or None for cell in row) for row in rows] == view.page(0, view.row_count)
        export(view, tmp_path / "out.parquet", Format.PARQUET, ["kepoi_name", "kepid", "koi_prad"])
        found = duckdb.sql(f"SELECT * FROM '{tmp_path / 'out.parquet'}'")
        assert [str(kind) for kind in found.types] == ["VARCHAR", "BIGINT", "DOUBLE"]
        place = [table.columns.index(name) for name in ("kepoi_name", "kepid", "koi_prad")]
        expected = [[row[at] for at in place] for row in view.page(0, view.row_count)]
        assert found.fetchall() == [
            (name, int(str(star)), float(radius) if radius else None) for name, star, radius in expected
        ]


def test_an_ordered_export_of_a_table_with_decimal_commas_and_blanks(write, tmp_path: Path) -> None:
    with Table.open(write('a;b\n1,5;"x;y"\n;"1,2 pc"\n0,5;\n')) as table:
        view = table.select(order=[("a", False)])
        export(view, tmp_path / "out.csv")
        assert (tmp_path / "out.csv").read_text() == 'a,b\n"0,5",\n"1,5",x;y\n,"1,2 pc"\n'
        export(view, tmp_path / "out.parquet", Format.PARQUET)
        export(view, tmp_path / "one.csv", columns=["a"])
    assert duckdb.sql(f"SELECT * FROM '{tmp_path / 'out.parquet'}'").fetchall() == [
        (0.5, None),
        (1.5, "x;y"),
        (None, "1,2 pc"),
    ]
    with Table.open(tmp_path / "one.csv") as table:
        assert table.texts("a") == ["0,5", "1,5", None]


def test_an_export_that_fails_leaves_nothing(shared_data: Path, tmp_path: Path) -> None:
    with Table.open(shared_data / "koi_train.csv") as table:
        with pytest.raises(Cancelled):
            export(table.select(), tmp_path / "out.csv", should_stop=lambda: True)
        with pytest.raises(UnavailableError, match="no folder"):
            export(table.select(), tmp_path / "nowhere" / "out.csv")
        with pytest.raises(InputError, match="no column"):
            export(table.select(), tmp_path / "out.csv", columns=["x"])
    assert list(tmp_path.iterdir()) == []


def test_large_whole_numbers_are_exported_exactly(write, tmp_path: Path) -> None:
    with Table.open(write("a,b\n9007199254740993,99999999999999999999\n-1,1\n")) as table:
        export(table.select(), tmp_path / "out.parquet", Format.PARQUET)
    found = duckdb.sql(f"SELECT * FROM '{tmp_path / 'out.parquet'}'").fetchall()
    assert found == [(9007199254740993, "99999999999999999999"), (-1, "1")]


def test_a_file_packed_with_gzip_is_read_as_unpacked(shared_data: Path, tmp_path: Path) -> None:
    plain = shared_data / "koi_cumulative.csv"
    packed = tmp_path / "koi.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes(), 1))
    assert preview(packed).rows == preview(plain).rows
    assert sniff(packed).packed
    shares: list[float] = []
    with Table.open(packed, report=lambda share, _: shares.append(share)) as table, Table.open(plain) as other:
        assert table.layout.path == packed
        assert table.page(0, 9999) == other.page(0, 9999)
    assert shares == sorted(shares)
    packed.write_bytes(packed.read_bytes()[:-5000])
    with pytest.raises(UnreadableFile, match="damaged"):
        Table.open(packed)


def test_a_layout_is_what_the_user_says(write) -> None:
    path = write("some words\nname;x\nGröße;1,5\nb;2,5\n".encode("cp1252"))
    assert sniff(path, ReadingOptions(skip=1)).columns == ("name", "x")
    layout = sniff(path, ReadingOptions(delimiter=";", encoding="cp1252", decimal=",", skip=1))
    with Table.open(path, layout=layout) as table:
        assert table.page(0, 1) == [("Größe", "1,5")]
        assert table.filtered("x > 2").page(0, 1) == [("b", "2,5")]
    assert preview(path, choice=ReadingOptions(skip=1, decimal=".")).layout.decimal == "."
    with pytest.raises(UnreadableFile, match="not UTF-8"):
        sniff(path, ReadingOptions(encoding="utf-8"))
    with pytest.raises(BugError):
        Table.open(write("a,b\n1,2\n", "other.csv"), layout=layout)


@pytest.mark.parametrize("careful", [False, True])
def test_a_stopped_reading_keeps_what_was_read(write, careful: bool) -> None:
    line = "1,2,3,4,5,6,7,8,9,abc\n"
    path = write("a,b,c,d,e,f,g,h,i,j\n" + ("1\n" if careful else "") + line * 600_000)
    stop = False

    def report(share: float, stage: str) -> None:
        nonlocal stop
        stop = stop or (share > 0.3 and stage.startswith("reading"))

    with Table.open(path, report=report, should_stop=lambda: stop, keep_partial=True) as table:
        assert table.partial
        assert 0 < table.row_count < 600_000
        assert table.page(table.row_count - 1, 9) == [tuple(line.strip().split(","))]
        assert f"the first {table.row_count:,} rows" in table.layout.notes[-1]
    stop = False
    with pytest.raises(Cancelled):
        Table.open(path, report=report, should_stop=lambda: stop, keep_partial=lambda: False)


def test_a_cell_of_ten_megabytes_is_told_and_the_rest_is_there(write) -> None:
    with Table.open(write("a,b\n1,2\n3," + "x" * 10_000_000 + "\n5,6\n")) as table:
        assert table.page(0, 9) == [("1", "2"), ("5", "6")]
        assert [bad.line for bad in table.bad_lines] == [3]


def test_floats_are_shown_as_the_file_has_them(write) -> None:
    cells = ["9.488035570", "1.0000", "2.4790000e-04", "-0", "1E5", "+3", " 7 "]
    with Table.open(write("a,b\n" + "".join(f"{cell},x\n" for cell in cells))) as table:
        assert [row[0] for row in table.page(0, 9)] == cells
        assert table.numeric == {"a"}


def test_certain_rows_are_shown_and_found(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n" + "\n".join(f"{9 - row},x{row}" for row in range(10)) + "\n")
    with Table.open(path) as table:
        view = table.select([RowNumbers((7, 2, 99), "two rows"), "a < 8"], [("a", False)])
        assert view.page(0, 9) == [("2", "x7"), ("7", "x2")]
        assert (view.place_of(7), view.place_of(2), view.place_of(3)) == (0, 1, None)
        assert (table.select().place_of(3), table.select().place_of(10)) == (3, None)
