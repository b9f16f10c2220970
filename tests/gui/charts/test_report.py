"""Reports are self-contained, and their texts can never be anything but text."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.charts.figure import paper_style
from exoplanet_desktop.gui.run_views.report_content import Account, write_report
from exoplanet_desktop.wire.payloads import Evaluation, LeftOut, TrainResult

EVIL = '<script>alert(1)</script><img src="http://elsewhere.example/x.png" onerror=alert(2)>'


class Reader(HTMLParser):
    """The tags of a page, their addresses, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href"):
                self.addresses.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def picture() -> bytes:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    device = QBuffer()
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(device, "PNG")
    return bytes(device.data().data())


@pytest.fixture
def account(styled: QApplication, result: TrainResult, held_out: Callable[..., Path]) -> Account:
    evaluation = Evaluation(
        protocol="5 folds by star",
        folds=5,
        holdout=0.2,
        groups="kepid",
        group_count=80,
        seed=42,
        rows_used=182,
        rows_left_out=[LeftOut(reason=f"no label {EVIL}", count=7)],
    )
    told = result.model_copy(
        update={"evaluation": evaluation, "data_digest": "ab" * 32, "versions": {"xgboost": "3.2.0"}}
    )
    return Account(
        title=f"KOI · XGBoost {EVIL}",
        when=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        backend=f"Lab {EVIL}",
        request={"satellite": "KOI", "model": "xgb", "features": "vetted", "files": [f"koi {EVIL}.csv"]},
        result=told,
        warnings=[EVIL],
        held_out=held_out(),
        threshold=0.4,
        versions={"Python": "3.11"},
    )


def test_a_page_tells_all_and_loads_nothing(account: Account, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    write_report(account, paper_style(), target)
    page = Reader(target.read_text(encoding="utf-8"))
    assert not page.tags & {"script", "link", "iframe", "object", "embed", "form", "a"}
    assert len(page.addresses) == 6  # two matrices, two curves, reliability, importance
    assert all(address.startswith("data:image/svg+xml;base64,") for address in page.addresses)
    assert page.text.count(EVIL) >= 5
    for words in (
        "Scores as the backend reports them",
        "0.900",
        "5 folds by star",
        "7 rows left out",
        "ab" * 32,
        "add up to 0.4000 or more",
        "Worst hold-out errors",
        "xgboost",
        "3.2.0",
        "NASA Exoplanet Archive",
        "10.26133/NEA4",
        "Seed",
    ):
        assert words in page.text, words


def test_half_a_letter_of_a_server_is_no_reason_for_no_report(account: Account, tmp_path: Path) -> None:
    write_report(replace(account, warnings=["broken \ud800 text"]), paper_style(), tmp_path / "report.html")
    assert "broken ? text" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text.replace(",yes,", ",no,"), "marks no row"),
        (lambda text: "row,star\n1,a\n", "does not have the expected columns"),
    ],
)
def test_held_out_rows_that_cannot_be_read_are_left_out_and_told(
    account: Account, tmp_path: Path, damage: Callable[[str], str], why: str
) -> None:
    assert account.held_out is not None
    account.held_out.write_text(damage(account.held_out.read_text(encoding="utf-8")), encoding="utf-8")
    write_report(account, paper_style(), tmp_path / "report.html")
    text = Reader((tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert why in text
    assert "Worst hold-out errors" not in text
    assert "Acknowledgement" in text


def test_a_pdf_has_its_pages(account: Account, tmp_path: Path) -> None:
    target = tmp_path / "report.PDF"
    write_report(account, paper_style(), target)
    content = target.read_bytes()
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 4


def test_what_is_longer_than_a_page_goes_on(account: Account, tmp_path: Path) -> None:
    long = account.result.model_copy(update={"feature_columns": [f"column_{number}" for number in range(3000)]})
    target = tmp_path / "long.pdf"
    write_report(Account(**{**vars(account), "result": long}), paper_style(), target)
    short = tmp_path / "short.pdf"
    write_report(account, paper_style(), short)
    pages = [len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) for path in (target, short)]
    assert pages[0] > pages[1] + 2


@pytest.mark.parametrize("suffix", ["html", "pdf"])
def test_without_numbers_the_backends_pictures_are_shown(styled: QApplication, tmp_path: Path, suffix: str) -> None:
    pictures = {"counts": picture(), "shares": b"no picture at all"}
    request = {"satellite": "K2", "model": "rf", "files": ["k2.csv"]}
    bare = Account("K2 · Random forest", None, "Field server", request, TrainResult(accuracy=0.9), (), pictures)
    target = tmp_path / f"report.{suffix}"
    write_report(bare, paper_style(), target)
    content = target.read_bytes()
    if suffix == "html":
        assert content.count(b"data:image/png;base64,") == 1
        assert b"does not say how it evaluated" in content and b"NEA19" in content
    else:
        assert b"/Subtype /Image" in content


def test_a_place_that_cannot_be_written_is_told(account: Account, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="There is no folder"):
        write_report(account, paper_style(), tmp_path / "nowhere" / "report.html")
