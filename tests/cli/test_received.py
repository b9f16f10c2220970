"""What a backend sends is looked at before it takes the place of the user's file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reference_server import lab
from tests.reference_server.field import FieldBackend
from tests.reference_server.stage import Reply, Stage

Do = Callable[..., Any]

ANOTHER = "kepid,Predicted_Class\n" + "".join(f"{number},CONFIRMED\n" for number in range(400))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "is no table"),
        (bytes(range(256)) * 40, "is no table"),
        (b"<html><body>Bad gateway</body></html>", "sent a web page instead of the file"),
        (ANOTHER.encode(), "it may belong to another upload"),
        (b"{first five}", "has 5 rows, though 400 were predicted"),
    ],
    ids=["nothing", "noise", "a page", "another table", "five rows"],
)
def test_a_table_that_is_not_the_prediction_is_refused_and_the_old_file_stays(
    run: Do, stage: Stage, catalog: Path, tmp_path: Path, sent: bytes, words: str
) -> None:
    backend = FieldBackend().mount(stage)
    out = tmp_path / "out.csv"
    here = ("--satellite", "KOI", "--backend", stage.base, "--data-dir", tmp_path / "data", "-o", out)
    done = run("predict", catalog, *here)
    assert done.code == 0, done.err
    before = out.read_bytes()
    backend.instead = b"".join(before.splitlines(keepends=True)[:6]) if b"first five" in sent else sent
    done = run("predict", catalog, *here)
    assert done.code == 1, done.out
    assert words in done.sentence
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out.csv"]


@pytest.mark.parametrize(
    ("sent", "words"), [(b"", "is no table"), (b"kepid\n1\n2\n", "has 2 rows, though the merged one has")]
)
def test_a_merged_table_is_looked_at_too(
    run: Do, stage: Stage, catalog: Path, tmp_path: Path, sent: bytes, words: str
) -> None:
    lab.mount(stage)
    stage.on("GET", lab.MERGED, Reply(sent, content_type="text/csv"))
    out = tmp_path / "merged.csv"
    out.write_text("mine\n")
    done = run("merge", catalog, catalog, "--backend", stage.base, "--data-dir", tmp_path / "data", "-o", out)
    assert done.code == 1, done.out
    assert words in done.sentence
    assert out.read_text() == "mine\n"


def test_the_merged_table_is_saved(run: Do, stage: Stage, catalog: Path, tmp_path: Path) -> None:
    content = b"kepid,koi_disposition\n1,CONFIRMED\n"
    lab.mount(stage)
    reply = {"ok": True, "message": "", "merged_filename": "m.csv", "merged_rows": 1, "merged_url": lab.MERGED}
    stage.on("POST", lab.MERGE, Reply(reply))
    stage.on("GET", lab.MERGED, Reply(content, content_type="text/csv"))
    out = tmp_path / "merged.csv"
    done = run("merge", catalog, catalog, "--backend", stage.base, "--data-dir", tmp_path / "data", "-o", out)
    assert done.code == 0, done.err
    assert out.read_bytes() == content
