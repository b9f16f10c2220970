"""Fixtures for all rooms: Qt without a screen, private folders, and the real catalogs."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Qt aborts the interpreter without a display, so set this before anything imports it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Keep tests away from the keyring of the person running them.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

import pytest

from tests.reference_server import counts
from tests.reference_server.stage import Elsewhere, Stage, can_make_certificates, make_certificate, starter

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real catalogs; it lies beside the project and is not part of it."""
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
    """Keeps tests away from the settings and data of the person running them."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        (home / name.lower()).mkdir()  # astropy warns if a named folder does not exist
        monkeypatch.setenv(name, str(home / name.lower()))
    yield


# A real HTTP server on a free port, with programmable good and bad answers


@pytest.fixture
def stages() -> Iterator[Callable[[], Stage]]:
    with starter() as start:
        yield start


@pytest.fixture(scope="module")
def lasting_stage() -> Iterator[Stage]:
    """One stage for many short tests, each of which starts with `clear`."""
    with starter() as start:
        yield start()


@pytest.fixture
def stage(stages: Callable[[], Stage]) -> Stage:
    return stages()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    if not can_make_certificates():
        pytest.skip("openssl is not here to make a certificate")
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_stage(stages: Callable[[], Stage], certificate: tuple[Path, Path]) -> Stage:
    """The same server with TLS, with an untrusted certificate."""
    stage = stages()
    stage.speak_tls(*certificate)
    return stage


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    """Another host, which must not receive any request."""
    with Elsewhere() as elsewhere:
        yield elsewhere


# If pytest-xdist splits the tests among processes, each counts for itself and passes its counts to the first.


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["misbehaviour counts"] = counts.taken()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    counts.add(getattr(node, "workeroutput", {}).get("misbehaviour counts", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Reports at the end of the run how the cases of misbehaviour ended."""
    for line in counts.lines():
        terminalreporter.write_line(line)
