"""Recognises files that are not delimited text by their first bytes: format, a server's error message, remedy."""

import codecs
import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from exoplanet_desktop.errors import UnreadableFile

QUOTED = 160  # characters of a server's message to show
_ENOUGH = 65_536  # characters to search for a message

_OTHER_KINDS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind",
    b"\x1f\x8b": "packed twice",
    b"BZh": "packed twice",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF document",
    b"{\\rtf": "an RTF document",
    b"\x89HDF": "an HDF5 file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"\x93NUMPY": "a NumPy array",
    b"SQLite format 3": "a database",
}
_HTTP_ANSWER = re.compile(
    r"\s*(\d{3}:? [A-Z][\w ]+|not found|access denied|forbidden|unauthorized|too many requests|rate limit.*"
    r"|bad gateway|service unavailable|internal server error)\.?\s*",
    re.IGNORECASE,
)
_TAP_ERROR = re.compile(r"\s*ERROR\s*(?:<br\s*/?>|:)|\s*ERROR\s*\n.*\bMessage:", re.DOTALL)
_TAP_MESSAGE = re.compile(r"Message:\s*(.+)", re.DOTALL)
_IRSA_ERROR = re.compile(r'\s*\[struct stat="ERROR",\s*msg="([^"]*)"')
_VOTABLE_ERROR = re.compile(
    r"<INFO\b(?=[^>]*\bname\s*=\s*[\"']QUERY_STATUS[\"'])(?=[^>]*\bvalue\s*=\s*[\"']ERROR[\"'])[^>]*?(?:/>|>(.*?)</INFO>)",
    re.DOTALL | re.IGNORECASE,
)
_LFS_SIZE = re.compile(r"^size (\d{1,18})\s*$", re.MULTILINE)
_JSON = re.compile(r'\s*(?:\{\s*(?:"|\})|\[\s*(?:[\[{"\]]|-?\d+\s*[,\]]))')
_LATEX = re.compile(r"\A[^\n]* & [^\n]*\\\\\s*$|\A\s*\\(?:documentclass|begin\{)", re.MULTILINE)
_SQL = re.compile(
    r"(?:\s*--[^\n]*\n|\s*/\*.*?\*/;?)*\s*(?:INSERT INTO|CREATE (?:TABLE|DATABASE)|DROP TABLE|BEGIN TRANSACTION|"
    r"PRAGMA foreign_keys|SET \w+ ?=)\b",
    re.IGNORECASE | re.DOTALL,
)
_MESSAGE_KEYS = ("message", "error", "detail", "errors", "title", "description")


def refuse_bytes(name: str, head: bytes) -> None:
    """Raises UnreadableFile for an empty file and if its beginning is not text."""
    if not head:
        raise UnreadableFile(f"{name} is empty. Choose a CSV file with a header line and rows.")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"SIMPLE  ="):
        raise UnreadableFile(f"{name} is a FITS file. Give it the ending .fits and open it again.")
    for magic, kind in _OTHER_KINDS.items():
        if start.startswith(magic):
            raise UnreadableFile(f"{name} is {kind}, not a CSV file. Export it as CSV first.")
    if head[257:262] == b"ustar":
        raise UnreadableFile(f"{name} is a tar archive. Unpack it and choose one file.")


def refuse_text(name: str, text: str) -> None:
    """Raises UnreadableFile if the beginning of a text is not a table: it names the format and quotes the server."""
    text = text[:_ENOUGH].lstrip("\ufeff")
    _refuse_pointer(name, text)
    if said := server_error(text):
        raise UnreadableFile(refused(name, said))
    start = text.lstrip()
    if start.startswith("<"):
        raise UnreadableFile(f"{name} is {_markup(name, start)}")
    if "Byte-by-byte Description of file" in text:
        raise UnreadableFile(
            f"{name} is a machine-readable table of a journal or the CDS, which is not read here. Convert it to CSV, "
            "with TOPCAT or with astropy."
        )
    if _SQL.match(start):
        raise UnreadableFile(
            f"{name} is a dump of a database: SQL statements, not a table. Load it into the database and export the "
            "table as CSV."
        )
    if _LATEX.search(start):
        raise UnreadableFile(f"{name} is a LaTeX table, not a CSV file. Export the table as CSV.")
    if _JSON.match(text):
        raise UnreadableFile(f"{name} is a JSON file, not a CSV file. Export the table as CSV.")


def refused(name: str, said: str) -> str:
    """The sentence for a file that contains a server's message instead of a table."""
    return (
        f"{name} contains a server's error message, not a table: “{said}”. Correct the request and download it again."
    )


def server_error(text: str) -> str:
    """A server's message in place of a table, cleaned and shortened; "" if there is none.

    >>> server_error('ERROR<br>\\nError Type: UserError<br>\\nMessage:    "ps" is not a valid table.')
    '"ps" is not a valid table.'
    >>> server_error("404: Not Found"), server_error("kepid,koi_period")
    ('404: Not Found', '')
    """
    text = text[:_ENOUGH]
    if _TAP_ERROR.match(text):
        found = _TAP_MESSAGE.search(text)
        return cleaned(found[1] if found else text.lstrip()) or "ERROR"
    if found := _IRSA_ERROR.match(text) or _VOTABLE_ERROR.search(text if "<VOTABLE" in text else ""):
        return cleaned(found[1] or "") or "ERROR"
    if len(text) < QUOTED and _HTTP_ANSWER.fullmatch(text):
        return cleaned(text)
    if text.lstrip().startswith("<?xml") or text.lstrip().startswith("<Error"):
        found = re.search(r"<Error>.*?<Message>(.*?)</Message>", text, re.DOTALL)
        return cleaned(found[1]) if found else ""
    return _json_error(text) if _JSON.match(text) else ""


def cleaned(text: str) -> str:
    """A message as one short line without tags and control characters.

    >>> cleaned("Just<br>  a\\x07 moment&hellip;")
    'Just a moment…'
    """
    plain = html.unescape(re.sub(r"<[^<>]{0,500}>", " ", text[: 20 * QUOTED]))
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())
    return line if len(line) <= QUOTED else line[:QUOTED] + "…"


def _refuse_pointer(name: str, text: str) -> None:
    text = text.lstrip()
    if text.startswith("version https://git-lfs.github.com/spec/"):
        size = _LFS_SIZE.search(text)
        rest = f" of {int(size[1]):,} bytes" if size else ""
        raise UnreadableFile(
            f"{name} is a Git LFS pointer, not the data{rest}. Run “git lfs pull”, or download the file itself."
        )
    if re.match(r"(\.\./|\.|/)*(git/)?annex/objects/", text):
        raise UnreadableFile(f"{name} is a git-annex pointer, not the data. Run “git annex get” for it.")


def _markup(name: str, start: str) -> str:
    if "<VOTABLE" in start[:4_096]:
        return f"a VOTable. Give it the ending .vot ({name.split('.')[0]}.vot) and open it again."
    title = re.search(r"<title[^>]{0,200}>(.*?)</title>", start, re.DOTALL | re.IGNORECASE)
    if title or re.match(r"<(!doctype html|html|head|body)", start, re.IGNORECASE):
        said = cleaned(title[1]) if title else ""
        page = f"a web page (“{said}”)" if said else "a web page"
        return f"{page}, not a CSV file. Download the file itself; the server may ask for a login first."
    return "an XML file or a web page, not a CSV file. Export the table as CSV."


def _json_error(text: str) -> str:
    """The message in a JSON object that reports an error."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, Mapping) or not {"error", "errors", "message", "detail"} & set(map(str, value)):
        return ""
    return cleaned(next(_messages(value), ""))


def _messages(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < 3 and isinstance(value, Mapping):
        for key in _MESSAGE_KEYS:
            if key in value:
                yield from _messages(value[key], depth + 1)
    elif depth < 3 and isinstance(value, list):
        for part in value[:3]:
            yield from _messages(part, depth + 1)
