"""Some rows as a catalog: cells, order and row numbers match the table."""

from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.subset import reading_of_copy, write_rows
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled, InputError
from exoplanet_desktop.wire.reading_options import ReadingOptions


@pytest.fixture
def koi(tmp_path: Path) -> Path:
    path = tmp_path / "koi.csv"
    lines = "".join(f'0{number};"a; b";{number},5;{number % 2}\n' for number in range(7))
    path.write_text(f"# notes\nkepid;remark;koi_period;koi_disposition\n{lines}")
    return path


def test_rows_in_the_order_asked_for_and_back_to_their_numbers(koi: Path, tmp_path: Path) -> None:
    out = tmp_path / "some.csv"
    choice = ReadingOptions(decimal=",", texts=("kepid",), labels={"0": "FALSE POSITIVE", "1": "CONFIRMED"})
    with Table.open(koi, layout=sniff(koi, choice)) as table:
        assert list(write_rows(table, [5, 0, 3], out)) == [5, 0, 3]
        wanted, layout = table.rows([5, 0, 3]), table.layout
    with Table.open(out, layout=sniff(out, reading_of_copy(layout))) as copy:
        assert copy.page(0, 9) == wanted
        assert copy.numbers(["koi_period"])[:, 0].tolist() == [5.5, 0.5, 3.5]
        assert "kepid" not in copy.numeric
        assert copy.layout.dispositions == layout.dispositions != {}


def test_the_rows_that_are_shown(koi: Path, tmp_path: Path) -> None:
    out = tmp_path / "some.csv"
    with Table.open(koi) as table:
        view = table.select("koi_disposition = 1", [("koi_period", True)])
        assert list(write_rows(view, None, out)) == [5, 3, 1]
        assert list(write_rows(table, None, tmp_path / "all.csv")) == list(range(7))
    with Table.open(out) as copy:
        assert [row[0] for row in copy.page(0, 9)] == ["05", "03", "01"]


def test_no_row_and_no_such_row_are_refused(koi: Path, tmp_path: Path) -> None:
    out = tmp_path / "some.csv"
    with Table.open(koi) as table:
        with pytest.raises(InputError, match="No rows are selected"):
            write_rows(table, [], out)
        with pytest.raises(InputError, match="has 7 rows"):
            write_rows(table, [7], out)
        with pytest.raises(Cancelled):
            write_rows(table, [1], out, should_stop=lambda: True)
    assert not out.exists()
