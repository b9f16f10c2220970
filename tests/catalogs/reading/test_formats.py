"""Files that are not tables are named for what they are; compressed files are unpacked, or refused with a reason."""

import bz2
import gzip
import zipfile
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.reading.layout import preview, sniff
from exoplanet_desktop.catalogs.reading.packing import BZIP2, GZIP, ZIP
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import UnreadableFile

TABLE = "kepid,koi_period\n10797460,9.488\n10811496,19.89\n"
VOTABLE = (
    '<?xml version="1.0"?>\n<VOTABLE version="1.4"><RESOURCE type="results">'
    '<INFO name="QUERY_STATUS" value="{}">{}</INFO></RESOURCE></VOTABLE>'
)

NO_TABLES = {
    "an error of TAP": (
        'ERROR<br>\nError Type: UserError - "table" parameter<br>\nMessage:    "pscomppars" is not a valid table.\n',
        '“"pscomppars" is not a valid table.”',
    ),
    "an error in one line": ("ERROR: unable to parse ADQL query", "“ERROR: unable to parse ADQL query”"),
    "an error of a VOTable": (VOTABLE.format("ERROR", "ORA-00904: invalid &lt;identifier&gt;"), "“ORA-00904: invalid"),
    "an error of IRSA": ('[struct stat="ERROR", msg="Table koi not found"]\n', "“Table koi not found”"),
    "an error of GitHub": ("404: Not Found", "“404: Not Found”"),
    "an error of a bucket": (
        '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
        "“Access Denied”",
    ),
    "an error in JSON": ('{"error": {"code": 429, "message": "Slow\\n down"}}', "“Slow down”"),
    "a VOTable": (VOTABLE.format("OK", ""), "is a VOTable. Give it the ending .vot"),
    "JSON": ('[\n  {"kepid": 1},\n  {"kepid": 2}\n]\n', "is a JSON file"),
    "JSON of numbers": ("[1, 2, 3]", "is a JSON file"),
    "a web page": ("<!DOCTYPE html><html><title>Just a\n moment…</title></html>", "web page (“Just a moment…”)"),
    "a web page without a title": ("<html><body>Hello</body></html>", "is a web page, not"),
    "XML": ("<?xml version='1.0'?><planets/>", "is an XML file"),
    "a Git LFS pointer": (
        "version https://git-lfs.github.com/spec/v1\noid sha256:15611dd89b6f\nsize 4624082\n",
        "Git LFS pointer, not the data of 4,624,082 bytes. Run “git lfs pull”",
    ),
    "a git-annex pointer": ("/annex/objects/MD5E-s1--abc.csv\n", "git-annex pointer"),
    "a table of a journal": (
        "Title: Planets\n====\nByte-by-byte Description of file: t1.txt\n----\n   1-  8 I8 --- KIC Star\n",
        "is a machine-readable table of a journal",
    ),
    "LaTeX": ("\\begin{table}\n\\begin{tabular}{cc}\nkepid & ra \\\\\n", "is a LaTeX table"),
    "the rows of a LaTeX table": ("kepid & ra \\\\\n1 & 2 \\\\\n", "is a LaTeX table"),
    "RTF": ("{\\rtf1 kepid}", "is an RTF document"),
}


@pytest.mark.parametrize(("content", "said"), NO_TABLES.values(), ids=NO_TABLES.keys())
@pytest.mark.parametrize("before", ["", "\ufeff", "\n "])
def test_what_is_no_table_is_named_and_quoted(write, content: str, said: str, before: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        sniff(write(before + content))
    words = str(caught.value)
    assert said in words
    assert words.startswith("table.csv ")
    assert words.endswith(".")


def test_a_servers_words_are_cleaned_and_bounded(write) -> None:
    with pytest.raises(UnreadableFile) as caught:
        sniff(write("ERROR<br>\nMessage: <b>No\x1b[31m</b> " + "very " * 50_000 + "long"))
    assert "“No [31m very very" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "content", ["ERROR,b\n1,2\n", "error\n1\n2\n", "[days],[ppm]\n1,2\n", "version,b\n1,2\n", "Not Found,x\n1,2\n"]
)
def test_a_table_with_such_names_is_a_table(write, content: str) -> None:
    assert len(preview(write(content)).rows) >= 1


def archive(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_csv", ".csv").replace("_md", ".md"), content)
    return path


def packed(kind: str, path: Path) -> Path:
    if kind == ZIP:
        return archive(path, folder__koi_csv=TABLE, README_md="read me", **{"__MACOSX__._koi_csv": "x"})
    if kind == GZIP:
        half = len(TABLE) // 2
        path.write_bytes(gzip.compress(TABLE[:half].encode()) + gzip.compress(TABLE[half:].encode()))
    else:
        path.write_bytes(bz2.compress(TABLE.encode()))
    return path


@pytest.mark.parametrize("kind", [GZIP, BZIP2, ZIP])
def test_a_compressed_table_is_read_and_says_how_it_is_compressed(tmp_path: Path, kind: str) -> None:
    path = packed(kind, tmp_path / "koi.csv.packed")
    assert sniff(path).packed == kind
    assert preview(path).rows == [("10797460", "9.488"), ("10811496", "19.89")]
    with Table.open(path) as table:
        assert table.page(0, 10) == [("10797460", "9.488"), ("10811496", "19.89")]


@pytest.mark.parametrize("kind", [GZIP, BZIP2, ZIP])
def test_what_is_cut_off_is_told(tmp_path: Path, kind: str) -> None:
    path = packed(kind, tmp_path / "koi.csv.packed")
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnreadableFile, match="damaged"):
        sniff(path)


def test_what_is_no_bzip2_is_told(write) -> None:
    with pytest.raises(UnreadableFile, match="is damaged: it cannot be unpacked"):
        sniff(write(b"BZh9" + b"junk" * 100))


def test_an_archive_with_another_number_of_tables_is_told(tmp_path: Path) -> None:
    two = archive(tmp_path / "two.zip", a_csv=TABLE, b_csv=TABLE)
    with pytest.raises(UnreadableFile, match=r"a zip archive with 2 tables in it\. Unpack it and choose one file"):
        sniff(two)
    with pytest.raises(UnreadableFile, match="a zip archive with no table in it"):
        sniff(archive(tmp_path / "none.zip", a_md="x", b_md="y"))
    with pytest.raises(UnreadableFile, match="no table in it"):
        sniff(archive(tmp_path / "empty.zip"))


def test_an_office_document_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"Excel workbook .* Save its sheet as CSV"):
        sniff(archive(tmp_path / "koi.xlsx", **{"[Content_Types].xml": "", "xl__a.xml": ""}))
    with pytest.raises(UnreadableFile, match="OpenDocument"):
        sniff(archive(tmp_path / "koi.ods", **{"mimetype": "", "content.xml": ""}))


def test_an_encrypted_archive_is_told(tmp_path: Path) -> None:
    path = archive(tmp_path / "koi.csv.zip", koi_csv=TABLE)
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag in the member's own header, and the one in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="encrypted"):
        sniff(path)


def test_a_table_in_an_archive_that_unpacks_without_end_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open("koi.csv", "w") as member:
        member.write(TABLE.encode())
        for _ in range(200):
            member.write(b"1,2\n" * 262_144)
    assert len(preview(path).rows) == 200  # of 52 million


REAL = {
    "x_lfs.csv": "Git LFS pointer",
    "x_tap_error.csv": "is not a valid table",
    "x_tap_error2.csv": "unable to parse ADQL query",
    "x_votable_error.xml": "invalid identifier",
    "x_json_indent.csv": "JSON",
    "x_html.csv": "“Just a moment...”",
    "s_cut.csv.gz": "cannot be unpacked to its end",
}


@pytest.mark.parametrize(("name", "said"), REAL.items())
def test_real_answers_of_servers(shared_data: Path, name: str, said: str) -> None:
    folder = shared_data.parent / "cases" / "reading"
    if not folder.is_dir():
        pytest.skip("the small real files are not here (../shared/cases)")
    with pytest.raises(UnreadableFile, match=said):
        sniff(folder / name)


@pytest.mark.parametrize("sign", "^~&:")
def test_cells_separated_by_another_sign_are_no_column(write, sign: str) -> None:
    lines = ["kepid,koi_period,koi_depth,koi_prad", "1,2,3,4", "5,6,7,8"]
    with pytest.raises(UnreadableFile, match=r"The cells of table\.csv are separated by"):
        sniff(write("\n".join(lines).replace(",", sign)))


def test_a_column_of_times_is_one(write) -> None:
    assert sniff(write("hh:mm:ss\n10:20:30\n11:20:30\n")).columns == ("hh:mm:ss",)


@pytest.mark.parametrize("start", ["", "-- a dump\n\n", "/*!40101 SET NAMES utf8 */;\n"])
@pytest.mark.parametrize("words", ["INSERT INTO koi VALUES (1,'a',2);", "CREATE TABLE koi (kepid int);"])
def test_a_dump_of_a_database_is_named(write, start: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match="dump of a database"):
        sniff(write(start + words + "\n" + words + "\n"))


def test_sentences_below_a_short_name_are_a_table_and_below_the_beginning_of_another_are_not(tmp_path: Path) -> None:
    rows = "the depth of this transit varies from sector to sector\nno transit was seen by anyone at all\n"
    (tmp_path / "a.csv").write_text(f"Referee comment\n{rows}")
    assert sniff(tmp_path / "a.csv").columns == ("Referee comment",)
    (tmp_path / "b.csv").write_text(f"To whom it\n{rows}")
    with pytest.raises(UnreadableFile, match="is text, not a table"):
        sniff(tmp_path / "b.csv")
