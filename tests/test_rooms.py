"""The import rules hold, and the checks that guard them fail if a rule is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"

VIOLATIONS = {
    "the window imports an engine's room": ("gui/base/theme.py", "import exoplanet_desktop.classify"),
    "the client imports the server": ("client/http/urls.py", "import exoplanet_desktop.server.run"),
    "the server imports the client": ("server/names.py", "import exoplanet_desktop.client.calls.backend"),
    "the core imports Qt": ("classify/features.py", "import PySide6.QtCore"),
    "the core imports requests": ("catalogs/reading/layout.py", "import requests"),
    "the wire imports a room above": ("wire/vocabulary.py", "import exoplanet_desktop.catalogs"),
    "a client room imports a higher one": (
        "client/http/urls.py",
        "import exoplanet_desktop.client.jobs.pace",
    ),
    "the record imports the client": ("record/entry.py", "import exoplanet_desktop.client.http.urls"),
    "a window room imports a higher one": (
        "gui/base/theme.py",
        "import exoplanet_desktop.gui.charts.axes",
    ),
    "a catalogs room imports a higher one": (
        "catalogs/facts/numbers.py",
        "import exoplanet_desktop.catalogs.tables.table",
    ),
    "an import inside a function": ("gui/base/theme.py", "def hidden():\n    import exoplanet_desktop.server"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(CHECKOUT / "exoplanet_desktop", folder / "exoplanet_desktop")
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_violation_is_found(copy: Path, name: str) -> None:
    file, line = VIOLATIONS[name]
    target = copy / "exoplanet_desktop" / file
    before = target.read_text()
    target.write_text(f"{before}\n{line}\n")
    try:
        checked = lint(copy)
    finally:
        target.write_text(before)
    assert checked.returncode == 1, checked.stdout
    assert "broken" in checked.stdout.lower()


def test_without_a_violation_nothing_is_found(copy: Path) -> None:
    checked = lint(copy)
    assert checked.returncode == 0, checked.stdout


def test_the_core_works_without_qt_and_wire_libraries(tmp_path: Path) -> None:
    program = f"""
import sys
for name in ("PySide6", "shiboken6", "qasync", "requests", "fastapi", "starlette", "uvicorn"):
    sys.modules[name] = None
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.classify.modelfile import load
from exoplanet_desktop.classify.prediction import predict
from exoplanet_desktop.classify.training import Outputs, TrainOptions, train
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite
folder = Path({str(tmp_path)!r})
csv = folder / "sample.csv"
simulate(Satellite.KOI, 300, 1, csv)
outputs = Outputs(folder / "m.exomodel", folder / "a.png", folder / "b.png")
with ThreadPoolExecutor(2) as executor:
    work = dict(executor=executor, report=lambda share, stage: None, should_stop=lambda: False)
    train(csv, TrainOptions(Satellite.KOI, Model.DT), outputs, **work)
    done = predict(csv, load(outputs.model), PredictRequest(Satellite.KOI, Model.DT), folder / "out.csv", **work)
print(done.total)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "300", done.stderr
