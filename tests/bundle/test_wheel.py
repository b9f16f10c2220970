"""The wheel: it is complete, and in a fresh environment it is the whole program."""

import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from exoplanet_desktop import __version__

CHECKOUT = Path(__file__).resolve().parent.parent.parent
INSIDE = {"resources": "exoplanet_desktop/_resources", "docs": "exoplanet_desktop/_docs"}
INSTALL_S = 540  # without pip's cache, a gigabyte is downloaded

# Both build with pip and install all dependencies, which takes over a minute.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", folder, CHECKOUT)
    (made,) = folder.glob("*.whl")
    return made


def pip(*arguments: object, python: Path = Path(sys.executable)) -> None:
    command = [str(python), "-m", "pip", "--quiet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S)
    if "No matching distribution" in done.stderr or "Max retries" in done.stderr:
        pytest.skip(f"no index answers here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


def files_of(folder: str) -> Iterator[str]:
    for file in (CHECKOUT / folder).rglob("*"):
        if file.is_file():
            yield file.relative_to(CHECKOUT / folder).as_posix()


def test_every_module_resource_and_page_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        about = packed.read(metadata).decode()
    modules = {file.relative_to(CHECKOUT).as_posix() for file in (CHECKOUT / "exoplanet_desktop").rglob("*.py")}
    expected = modules | {f"{place}/{file}" for folder, place in INSIDE.items() for file in files_of(folder)}
    assert expected - names == set()
    assert {name.split("/")[0] for name in names} == {"exoplanet_desktop", f"exoplanet_desktop-{__version__}.dist-info"}
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {"cluster", "vo"} <= set(extras)
    for extra in extras:
        assert f"Provides-Extra: {extra}\n" in about


def test_installed_in_a_fresh_environment_it_trains(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    commands = environment / ("Scripts" if os.name == "nt" else "bin")
    pip("install", "--no-compile", wheel, python=commands / Path(sys.executable).name)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run(*arguments: str) -> str:
        command = [str(commands / "exoplanet-desktop"), *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=170)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("--version").startswith(f"exoplanet-desktop {__version__}")
    said = run("demo", "--data-dir", str(tmp_path / "data"))
    assert said.count("Trained KOI") == 2
    assert said.splitlines()[-1] == "Done."
