import os
import sys
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.reading.layout import preview, sniff
from exoplanet_desktop.errors import UnreadableFile

REAL = {
    "koi_cumulative.csv": (53, 49, 9564),
    "k2pandc.csv": (98, 94, 4004),
    "toi.csv": (69, 65, 7703),
    "koi_train.csv": (0, 49, 9464),
    "koi_test_raw.csv": (0, 49, 100),
    "k2_test.csv": (0, 94, 100),
}


@pytest.mark.parametrize("name", REAL)
def test_the_layout_of_a_real_catalog(shared_data: Path, name: str) -> None:
    skip, width, _ = REAL[name]
    layout = sniff(shared_data / name)
    assert (layout.skip, len(layout.columns), layout.delimiter, layout.encoding) == (skip, width, ",", "utf-8")
    assert (layout.first_row, layout.decimal, layout.notes) == (skip + 2, ".", ())
    assert set(layout.labels) == set(layout.columns)


def test_labels_and_units_come_from_the_header_block(shared_data: Path) -> None:
    layout = sniff(shared_data / "toi.csv")
    assert layout.labels["pl_trandep"] == "Planet Transit Depth Value"
    assert layout.units["pl_trandep"] == "ppm"
    assert "pl_trandeplim" not in layout.units


def test_without_a_header_block_they_come_from_the_dictionary(shared_data: Path) -> None:
    layout = sniff(shared_data / "koi_train.csv")
    assert layout.labels["koi_period"] == "Orbital Period"
    assert layout.units["koi_period"] == "days"


def test_a_preview_has_the_first_rows_as_they_are(shared_data: Path) -> None:
    rows = preview(shared_data / "k2pandc.csv", 50).rows
    assert len(rows) == 50
    assert all(len(row) == 94 for row in rows)
    assert len(preview(shared_data / "koi_test_raw.csv", 1000).rows) == 100


def test_a_preview_reads_no_further_than_it_must(write) -> None:
    path = write("a,b\n" + "1,2\n" * 3_000_000)
    opened = path.stat().st_size

    reads = []

    def count(event: str, arguments: tuple) -> None:
        if event == "open" and str(arguments[0]) == str(path):
            reads.append(arguments)

    sys.addaudithook(count)
    assert len(preview(path).rows) == 200
    assert opened > 10_000_000
    assert 1 <= len(reads) <= 4


@pytest.mark.parametrize(
    ("text", "delimiter"), [("a,b\n1,2\n", ","), ("a;b\n1,5;2\n", ";"), ("a\tb\n1\t2\n", "\t"), ("a|b\n1|2\n", "|")]
)
def test_delimiters(write, text: str, delimiter: str) -> None:
    assert sniff(write(text)).delimiter == delimiter


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings(write, encoding: str) -> None:
    path = write("name,größe\nTau Ceti é,5\n".encode(encoding))
    found = preview(path)
    assert found.layout.columns == ("name", "größe")
    assert found.rows == [("Tau Ceti é", "5")]


def test_latin_1_behind_a_utf8_beginning_is_found_and_said(write) -> None:
    path = write(b"name,x\n" + b"plain,1\n" * 20_000 + "Größe,2\n".encode("latin-1"))
    assert sniff(path).encoding == "utf-8"
    found = preview(path, 30_000)
    assert found.layout.encoding == "latin-1"
    assert found.rows[-1] == ("Größe", "2")
    assert "Latin-1" in found.layout.notes[0]


def test_names_that_are_missing_or_taken_are_made_unique_and_said(write) -> None:
    layout = sniff(write("a,,a,A,rowid\nx,2,3,4,5\n"))
    assert layout.columns == ("a", "column_2", "a_2", "A_3", "rowid_2")
    assert len(layout.notes) == 5
    assert layout.counters == {"rowid_2"}
    assert layout.notes[0] == "Column 2 has no name; it is called `column_2`."


def test_decimal_commas_are_found_and_said(write) -> None:
    assert sniff(write("a;b\n1,5;x\n2,25;y\n")).decimal == ","
    assert sniff(write("a;b\n1,5;x\n2.25;y\n")).decimal == "."
    assert sniff(write("a,b\n1.5,x\n")).decimal == "."


def test_a_header_longer_than_the_first_kilobytes_is_read(write) -> None:
    names = [f"a_column_with_quite_a_long_name_{number}" for number in range(2_000)]
    assert sniff(write(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")).columns == tuple(names)


def test_a_header_of_several_lines_is_one_record(write) -> None:
    found = preview(write('"a\nb",c\n1,2\n'))
    assert found.layout.columns == ("a\nb", "c")
    assert found.rows == [("1", "2")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "has no table"),
        (b"# only\n# comments\n", "has no table"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1\n2\n", "none of its 2 lines .* line 2 has 1 cell where the header has 2"),
        (b"1,2,3\n4,5,6\n", "column names"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\x1f\x8b\x08rest", "cannot be unpacked"),
        (b"SIMPLE  =  T", "FITS"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'{"ok": true}', "JSON"),
        (bytes(range(256)) * 10, "not text"),
        (b"a,b\n" + b"\0" * 5000, "not text"),
        (b'"a,b\n1,2\n', "quotation mark"),
        (",".join(f"c{number}" for number in range(10_000)).encode() + b"\n", "10,000 columns"),
        (b"x" * 5_000_000, "header line"),
    ],
)
def test_what_is_no_table_gets_one_clear_sentence(write, content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        preview(write(content))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 270


def test_a_folder_a_missing_file_and_a_device(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="is a folder"):
        sniff(tmp_path)
    with pytest.raises(UnreadableFile, match="There is no file"):
        sniff(tmp_path / "gone.csv")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        with pytest.raises(UnreadableFile, match="device"):
            sniff(tmp_path / "pipe.csv")
