"""Fixtures for all rooms: a display that needs no screen, folders of one's own, and the real catalogs."""

import os
from collections.abc import Iterator
from pathlib import Path

# Qt aborts the interpreter where it finds no display, so this comes before anything imports it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real catalogs; they lie beside the project and are no part of it."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real catalogs are not here (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def shared_contract() -> Path:
    """The folder with the exchanges recorded from a reference backend."""
    folder = CHECKOUT.parent / "shared" / "contract"
    if not folder.is_dir():
        pytest.skip("the recorded exchanges are not here (../shared/contract)")
    return folder


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees or touches the settings and data of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    yield
