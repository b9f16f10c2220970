"""VOTable and FITS files written by astropy become equivalent CSV files."""

import gzip
import sys
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.catalogs.facts.satellites import recognise
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.reading.vo import convert
from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import Cancelled, UnavailableError, UnreadableFile
from exoplanet_desktop.wire.vocabulary import Satellite

BEYOND_DOUBLE = 2**53 + 1
FORMATS = [("votable", "table.vot"), ("votable", "table.xml"), ("fits", "table.fits")]


@pytest.fixture
def astropy_table() -> Any:
    return pytest.importorskip("astropy.table", reason="needs the extra vo")


def rows_of(csv: Path) -> list[tuple[str | None, ...]]:
    with Table.open(csv) as table:
        return [tuple(row) for row in table.page(0, table.row_count)]


@pytest.mark.parametrize(("form", "name"), FORMATS)
def test_numbers_texts_gaps_labels_and_units_come_through(
    astropy_table: Any, tmp_path: Path, form: str, name: str
) -> None:
    import numpy as np

    table = astropy_table.Table(masked=True)
    table["kepid"] = astropy_table.MaskedColumn([BEYOND_DOUBLE, 7], dtype="int64", description="Star\nidentifier")
    table["koi_period"] = astropy_table.MaskedColumn([9.48803557, 0.1], mask=[False, True], unit="day")
    table["koi_ror"] = astropy_table.MaskedColumn(np.array([0.1, np.nan], dtype="float32"))
    table["kepoi_name"] = astropy_table.MaskedColumn(["K, “1”", "K2"], dtype="U8" if form == "votable" else "S8")
    if form == "fits":
        table["kepoi_name"] = astropy_table.MaskedColumn(["K, 1", "K2"])
    table["several"] = astropy_table.MaskedColumn(np.ones((2, 3)))
    table.write(tmp_path / name, format=form)

    done = convert(tmp_path / name, tmp_path / "made")

    assert done.rows == 2
    assert done.notes == ("Columns whose cells are not single values are left out: several.",)
    layout = sniff(done.csv)
    assert layout.columns == ("kepid", "koi_period", "koi_ror", "kepoi_name")
    assert layout.units["koi_period"] in ("day", "d")
    if form == "votable":
        assert layout.labels["kepid"] == "Star identifier"
    first = "K, “1”" if form == "votable" else "K, 1"
    assert rows_of(done.csv) == [(str(BEYOND_DOUBLE), "9.48803557", "0.1", first), ("7", None, None, "K2")]


def test_a_whole_catalog_is_recognised_and_says_the_same(astropy_table: Any, tmp_path: Path) -> None:
    simulate(Satellite.TOI, 200, 1, tmp_path / "toi.csv")
    table = astropy_table.Table.read(tmp_path / "toi.csv", format="ascii.csv", comment="#")
    table.write(tmp_path / "toi.vot", format="votable")
    (tmp_path / "toi.vot.gz").write_bytes(gzip.compress((tmp_path / "toi.vot").read_bytes()))

    plain, packed = (convert(tmp_path / name, tmp_path / name[-2:]) for name in ("toi.vot", "toi.vot.gz"))

    assert plain.csv.name.startswith("toi__")
    assert rows_of(plain.csv) == rows_of(packed.csv)
    assert recognise(sniff(plain.csv).columns) == Satellite.TOI
    with Table.open(tmp_path / "toi.csv") as before, Table.open(plain.csv) as after:
        assert after.row_count == before.row_count == 200
        assert after.counts("tfopwg_disp") == before.counts("tfopwg_disp")


@pytest.mark.parametrize("name", ["no.vot", "no.fits", "page.xml"])
def test_what_is_no_such_table_is_told(astropy_table: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<html><body>Not found</body></html>")
    with pytest.raises(UnreadableFile, match=f"{name} is a web page"):
        convert(tmp_path / name, tmp_path / "made")
    assert not list((tmp_path / "made").glob("*"))


def test_what_a_server_says_in_a_votable_is_quoted(tmp_path: Path) -> None:
    info = '<INFO name="QUERY_STATUS" value="ERROR">no such column</INFO>'
    (tmp_path / "tap.vot").write_text(f"<VOTABLE><RESOURCE>{info}</RESOURCE></VOTABLE>")
    with pytest.raises(UnreadableFile, match="“no such column”"):
        convert(tmp_path / "tap.vot", tmp_path / "made")


def test_identifiers_given_as_doubles_come_out_as_whole_numbers(astropy_table: Any, tmp_path: Path) -> None:
    table = astropy_table.Table(masked=True)
    table["kepid"] = astropy_table.MaskedColumn([10797460.0, 1.1446443e7, 0.0], mask=[False, False, True])
    table["koi_period"] = astropy_table.MaskedColumn([9.0, 0.5, 1e300])
    table["tid"] = astropy_table.MaskedColumn([1e15, 2.0**53, 3.0])
    table["rowid"] = astropy_table.MaskedColumn([1e15, 2.0**53 - 1, 3.0])
    table.write(tmp_path / "koi.vot", format="votable")
    rows = rows_of(convert(tmp_path / "koi.vot", tmp_path / "made").csv)
    assert [row[0] for row in rows] == ["10797460", "11446443", None]
    assert [float(row[1] or "nan") for row in rows] == [9.0, 0.5, 1e300]
    # From 2^53 on, a double may stand for several whole numbers: it stays one.
    assert [row[2] for row in rows] == ["1000000000000000.0", "9007199254740992.0", "3.0"]
    assert [row[3] for row in rows] == ["1000000000000000", "9007199254740991", "3"]


def test_a_picture_in_fits_is_no_table(astropy_table: Any, tmp_path: Path) -> None:
    import numpy as np
    from astropy.io import fits

    fits.PrimaryHDU(np.zeros((3, 3))).writeto(tmp_path / "image.fits")
    with pytest.raises(UnreadableFile, match=r"image\.fits is not a FITS file with a readable table"):
        convert(tmp_path / "image.fits", tmp_path / "made")


def test_it_can_be_stopped_and_leaves_nothing(astropy_table: Any, tmp_path: Path) -> None:
    astropy_table.Table({"a": [1, 2]}).write(tmp_path / "a.vot", format="votable")
    with pytest.raises(Cancelled):
        convert(tmp_path / "a.vot", tmp_path / "made", should_stop=lambda: True)
    assert not list((tmp_path / "made").glob("*"))


def test_without_astropy_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("astropy", "astropy.io", "astropy.table"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "a.vot").write_text("<VOTABLE/>")
    with pytest.raises(UnavailableError, match=r"pip install exoplanet-desktop\[vo\]"):
        convert(tmp_path / "a.vot", tmp_path / "made")


@pytest.mark.parametrize("name", ["two.vot", "two.fits"])
def test_of_several_tables_the_first_is_read_and_the_others_are_told(
    astropy_table: Any, tmp_path: Path, name: str
) -> None:
    from astropy.io import fits, votable

    first, second = astropy_table.Table({"kepid": [1, 2]}), astropy_table.Table({"tid": [3]})
    if name.endswith("fits"):
        parts = [fits.PrimaryHDU(), fits.table_to_hdu(first), fits.table_to_hdu(second)]
        fits.HDUList(parts).writeto(tmp_path / name)
    else:
        document = votable.from_table(first)
        document.resources.extend(votable.from_table(second).resources)
        document.to_xml(str(tmp_path / name))
    done = convert(tmp_path / name, tmp_path / "made")
    assert done.notes == ("The file contains 2 tables; this is the first of them.",)
    assert rows_of(done.csv) == [("1",), ("2",)]


def test_lists_of_any_length_are_no_cells(astropy_table: Any, tmp_path: Path) -> None:
    fields = (
        '<FIELD name="kepid" datatype="long"/><FIELD name="times" datatype="double" arraysize="*"/>'
        '<FIELD name="note" datatype="char" arraysize="*"/>'
    )
    rows = "<TR><TD>1</TD><TD>1.5 2.5</TD><TD>a</TD></TR><TR><TD>2</TD><TD>3.5</TD><TD/></TR>"
    table = f"<TABLE>{fields}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE>"
    (tmp_path / "lists.vot").write_text(f'<VOTABLE version="1.3"><RESOURCE>{table}</RESOURCE></VOTABLE>')
    done = convert(tmp_path / "lists.vot", tmp_path / "made")
    assert done.notes == ("Columns whose cells are not single values are left out: times.",)
    assert rows_of(done.csv) == [("1", "a"), ("2", None)]
