"""The commit recorded for a bundle, with git and without."""

import re

import pytest

from bundle import build


def test_a_commit_is_named_with_its_time() -> None:
    digest, moment = build.commit()
    assert re.fullmatch(r"[0-9a-f]{40}(-changed)?|unknown", digest)
    assert moment > 1_700_000_000 or digest == "unknown"


def test_without_git_it_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build.commit() == ("unknown", 0)
