import csv
import gc
import tempfile
import threading
from pathlib import Path

import duckdb
import numpy as np
import pytest

from exoplanet_desktop.catalogs.base import database
from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.reading.scan import Scan, scan
from exoplanet_desktop.catalogs.tables import loading
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled, InputError, UnavailableError, UnreadableFile

from_file = {
    "koi_cumulative.csv": 53,
    "k2pandc.csv": 98,
    "toi.csv": 69,
    "koi_train.csv": 0,
    "koi_test_raw.csv": 0,
    "k2_test.csv": 0,
}


@pytest.mark.parametrize("name", from_file)
def test_a_real_catalog_has_the_cells_of_the_file(shared_data: Path, name: str) -> None:
    with (shared_data / name).open(newline="") as file:
        rows = [tuple(cell or None for cell in row) for row in list(csv.reader(file))[from_file[name] + 1 :]]
    with Table.open(shared_data / name) as table:
        assert table.row_count == len(rows)
        assert table.bad_count == 0
        assert table.page(0, len(rows)) == rows
        assert table.page(37, 5) == rows[37:42]


def test_a_real_catalog_is_read_by_duckdb_and_not_line_by_line(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_load_careful", lambda *_: pytest.fail("read line by line"))
    for name in from_file:
        Table.open(shared_data / name).close()


def test_sorting_is_by_number_where_all_are_numbers_with_blanks_last(write) -> None:
    path = write("n,t\n10,b\n9,\n,a\nNaN,c\n-1e3,B\n9.0,a\n")
    with Table.open(path) as table:
        assert [row[0] for row in table.select(order=[("n", False)]).page(0, 9)] == [
            "-1e3",
            "9",
            "9.0",
            "10",
            None,
            "NaN",
        ]
        assert [row[0] for row in table.select(order=[("n", True)]).page(0, 9)] == [
            "10",
            "9",
            "9.0",
            "-1e3",
            None,
            "NaN",
        ]
        assert [row[1] for row in table.select(order=[("t", False)]).page(0, 9)] == ["B", "a", "a", "b", "c", None]
        assert table.select(order=[("t", False), ("n", True)]).page(1, 2) == [("9.0", "a"), (None, "a")]
        assert table.numeric == {"n"}
        with pytest.raises(InputError, match="no column `x`"):
            table.select(order=[("x", False)]).page(0, 1)


def test_numbers_are_exact_and_what_is_none_is_nan(write) -> None:
    path = write("x,y\n1.5,9.488035570\n,NA\nnan,null\ninf,-Infinity\nabc,1e-300\n 7 ,0.1\n")
    with Table.open(path) as table:
        found = table.numbers(["x", "absent", "y"])
        expected = [[1.5, np.nan, 9.48803557], [np.nan] * 3, [np.nan] * 3, [np.nan] * 3, [np.nan, np.nan, 1e-300]]
        assert np.array_equal(found, [*expected, [7.0, np.nan, 0.1]], equal_nan=True)
        assert np.array_equal(table.numbers(["x"], 5), [[7.0]])
        assert np.array_equal(table.numbers(["x"], 0, 1), [[1.5]])
        assert table.numbers(["x"], 100).shape == (0, 1)
        assert table.numbers([]).shape == (6, 0)


def test_decimal_commas_are_numbers_and_texts_stay(write) -> None:
    with Table.open(write("x;y\n1,5;a\n-2,25;b\n")) as table:
        assert table.numbers(["x"]).tolist() == [[1.5], [-2.25]]
        assert table.texts("x") == ["1,5", "-2,25"]
        assert table.numeric == {"x"}


def test_batches_give_the_table_in_order(shared_data: Path) -> None:
    with Table.open(shared_data / "toi.csv") as table:
        whole = table.numbers(["pl_orbper", "st_teff"])
        parts = list(table.batches(["pl_orbper", "st_teff"], ["toi", "absent"], size=1000))
        assert [len(numbers) for numbers, _ in parts] == [1000] * 7 + [703]
        assert np.array_equal(np.concatenate([numbers for numbers, _ in parts]), whole, equal_nan=True)
        assert np.concatenate([texts[0] for _, texts in parts]).tolist() == table.texts("toi")
        assert all(cell is None for _, texts in parts for cell in texts[1])
        (numbers, texts), *rest = table.batches(["st_teff"], ["toi"], offset=7000, limit=10)
        assert rest == []
        assert np.array_equal(numbers, whole[7000:7010, 1:], equal_nan=True)
        assert [len(texts), texts[0].dtype] == [1, object]


def test_counts_have_the_frequent_first_and_blanks_as_empty(write) -> None:
    with Table.open(write("a,b\nx,1\n,2\nx,3\ny,4\n")) as table:
        assert list(table.counts("a").items()) == [("x", 2), ("", 1), ("y", 1)]


def test_bad_lines_are_told_and_everything_else_is_there(write) -> None:
    path = write('# note\na,b\n1,2\n\n3\n4,5,6\n7,"8\n9,10\n')
    with Table.open(path) as table:
        assert table.page(0, 9) == [("1", "2"), ("9", "10")]
        assert [bad.line for bad in table.bad_lines] == [5, 6, 7]
        assert table.bad_count == 3


def test_of_very_many_bad_lines_the_first_are_kept_and_all_counted(write) -> None:
    with Table.open(write("a,b\n1,2\n" + "x\n" * 5000)) as table:
        assert (table.row_count, table.bad_count, len(table.bad_lines)) == (1, 5000, 1000)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(write, encoding: str, end: str) -> None:
    path = write(end.join(["name,x", "é#1,5", '"two', 'lines",6', ""]).encode(encoding))
    with Table.open(path) as table:
        assert table.page(0, 9) == [("é#1", "5"), (f"two{end}lines", "6")]


def test_mixed_line_ends(write) -> None:
    with Table.open(write("a,b\n1,2\r\n3,4\r5,6\n")) as table:
        assert table.texts("a") == ["1", "3", "5"]


def test_strange_names_of_files_and_columns(write) -> None:
    path = write("a \"'b,x; DROP TABLE data\n1,2\n", "it's [1] a*b?.csv")
    with Table.open(path) as table:
        assert table.columns == ("a \"'b", "x; DROP TABLE data")
        assert table.texts("x; DROP TABLE data") == ["2"]
        assert table.select(order=[("a \"'b", True)]).page(0, 1) == [("1", "2")]


def test_one_column(write) -> None:
    with Table.open(write('name\nx\n\n""\ny\n')) as table:
        assert table.texts("name") == ["x", None, "y"]


def test_a_table_is_shared_by_threads(shared_data: Path) -> None:
    failures: list[BaseException] = []
    with Table.open(shared_data / "koi_train.csv") as table:
        expected = table.select(order=[("koi_period", True)]).page(500, 20)

        def read() -> None:
            try:
                for _ in range(10):
                    assert table.select(order=[("koi_period", True)]).page(500, 20) == expected
                    assert table.counts("koi_disposition")["CONFIRMED"] == 2746
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_who_reads_a_table_that_was_closed_is_told_that_it_was_stopped(write) -> None:
    table = Table.open(write("a,b\n1,2\n3,4\n"))
    view = table.select("a > 1")
    table.close()
    table.close()
    for late in (lambda: view.page(0, 1), lambda: table.select("b > 1"), lambda: view.counts("a"), table.cursor):
        with pytest.raises(Cancelled):
            late()


def test_closing_a_table_ends_what_is_read_from_it(write) -> None:
    table = Table.open(write("a,b\n1,2\n3,4\n"))
    begun, ends = threading.Event(), []

    def read() -> None:
        try:
            with table.reading() as cursor:
                begun.set()
                cursor.execute(
                    "SELECT count(*) FROM range(10_000_000_000) AS one, data WHERE one.range % 7 = 3"
                ).fetchall()
        except BaseException as error:
            ends.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert begun.wait(10)
    table.close()
    thread.join(10)
    assert [type(error) for error in ends] == [Cancelled]


def test_sql_reaches_only_the_folders_given(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with Table.open(shared_data / "koi_test_raw.csv", exports=[out]) as table:
        cursor = table.cursor()
        cursor.execute(f"COPY data TO '{out / 'copy.csv'}' (HEADER)")
        for sql in (
            f"COPY data TO '{tmp_path / 'copy.csv'}'",
            "SELECT * FROM read_text('/etc/passwd')",
            "SET enable_external_access = true",
            f"SET allowed_directories = ['{tmp_path}']",
            "ATTACH '/tmp/else.duckdb'",
            "LOAD httpfs",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                cursor.execute(sql)
        cursor.close()
    assert len((out / "copy.csv").read_text().splitlines()) == 101
    assert not (tmp_path / "copy.csv").exists()


def test_progress_grows_to_one(shared_data: Path) -> None:
    shares: list[float] = []
    Table.open(shared_data / "toi.csv", report=lambda share, _: shares.append(share)).close()
    assert shares[-1] == 1.0
    assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize("content", ["a,b\n" + "1,2\n" * 2_000_000, "a,b\n" + "1,2\n" * 1_000_000 + "3\n"])
def test_cancelling_stops_soon_and_leaves_nothing(write, content: str) -> None:
    path = write(content)
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    with pytest.raises(Cancelled):
        Table.open(path, should_stop=should_stop)
    assert asked < 10


def test_an_error_of_the_listener_stops_the_work(shared_data: Path) -> None:
    def report(share: float, stage: str) -> None:
        raise ValueError(stage)

    with pytest.raises(ValueError, match="file"):
        Table.open(shared_data / "koi_train.csv", report=report)


def test_a_table_that_nobody_closed_leaves_nothing(write) -> None:
    table = Table.open(write("a,b\n1,2\n"))
    assert any(Path(tempfile.gettempdir()).iterdir())
    del table
    gc.collect()


def test_a_file_that_vanishes_while_it_is_read(write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a,b\n1,2\n")

    def scan_of_a_deleted_file(layout: Layout, **listeners: object) -> Scan:
        path.unlink()
        return scan(layout)

    monkeypatch.setattr(loading, "scan", scan_of_a_deleted_file)
    with pytest.raises(UnreadableFile, match="There is no file"):
        Table.open(path)


def test_a_full_disk_and_a_full_memory_are_told_as_such() -> None:
    assert isinstance(database.full(duckdb.IOException("IO Error: No space left on device")), UnavailableError)
    assert isinstance(database.full(duckdb.OutOfMemoryException("Out of Memory Error")), UnavailableError)
    assert database.full(ValueError("else")) is None


def test_a_wide_table_is_read(write) -> None:
    names = [f"c{number}" for number in range(2_000)]
    with Table.open(write(",".join(names) + "\n" + ",".join("1.5" for _ in names) + "\n")) as table:
        assert len(table.numeric) == 2_000
        assert table.numbers(names).sum() == 3_000


def test_columns_may_be_called_as_the_queries_own_names(write) -> None:
    names = ["number", "place", "part", "data", "n0", "t0", "order_0"]
    with Table.open(write(",".join(names) + "\n3,c,1,2,3,4,5\n20,b,1,2,9,4,5\n1,a,1,2,7,4,5\n")) as table:
        assert [row[0] for row in table.select(order=[("number", False)]).page(0, 9)] == ["1", "3", "20"]
        assert [row[1] for row in table.select(order=[("place", False)]).page(0, 9)] == ["a", "b", "c"]
        assert table.numbers(["number", "n0", "n1"])[:, :2].tolist() == [[3, 3], [20, 9], [1, 7]]
        assert table.counts("data") == {"2": 3}
        ((_, texts),) = table.batches(["number"], ["place", "t0"])
        assert [part.tolist() for part in texts] == [["c", "b", "a"], ["4", "4", "4"]]
