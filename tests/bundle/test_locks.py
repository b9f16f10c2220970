"""The locks include everything, by digest, and name no index."""

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LOCKS = CHECKOUT / "bundle/lock"
NAMES = ("program.txt", "build.txt", "tools.txt")


def plain(name: str) -> str:
    return re.split(r"[<>=!~\[; ]", name.strip())[0].lower().replace("_", "-").replace(".", "-")


def entries(name: str) -> list[str]:
    return [entry for entry in re.split(r"\n(?=\S)", (LOCKS / name).read_text()) if entry.strip()]


@pytest.mark.parametrize("name", NAMES)
def test_each_entry_is_one_version_with_digests(name: str) -> None:
    for entry in entries(name):
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("name", NAMES)
def test_no_index_and_no_place_is_named(name: str) -> None:
    text = (LOCKS / name).read_text()
    assert not re.search(r"://|index|find-links|trusted|(^|\s)/", text)


def test_every_dependency_is_locked() -> None:
    wanted = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = {plain(entry) for entry in entries("program.txt")}
    missing = {plain(dependency) for dependency in wanted} - locked
    assert not missing, "python3 run.py lock brings them in"


def test_the_keyring_of_linux_is_locked_with_what_it_needs() -> None:
    locked = {plain(entry) for entry in entries("program.txt")}
    assert {"keyring", "secretstorage", "jeepney", "cryptography"} <= locked
