import json
import os
import subprocess
import sys

import pytest

from exoplanet_desktop import __version__

HEAVY = ("pandas", "numpy", "duckdb", "pydantic", "requests", "PySide6", "fastapi", "xgboost", "sklearn")


def test_the_version_is_told(run):
    done = run("--version")
    assert (done.code, done.out) == (0, f"exoplanet-desktop {__version__}\n")


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["train", "--help"], ["serve", "--help"]])
def test_help_loads_no_heavy_library(args):
    code = (
        "import sys, json\nfrom exoplanet_desktop.cli import run\n"
        f"code = run({args!r})\nprint(json.dumps([code, sorted({{name.split('.')[0] for name in sys.modules}})]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert not set(HEAVY) & set(modules)


@pytest.mark.parametrize("name", ["train", "predict", "merge", "simulate", "serve", "demo", "gui"])
def test_every_command_explains_itself(run, name):
    done = run(name, "--help")
    assert done.code == 0
    assert "--data-dir" in done.out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
@pytest.mark.parametrize("args", [[], ["gui"], ["{catalog}"]])
def test_without_a_display_the_window_is_refused_in_words(run, catalog, tmp_path, args):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in os.environ.items() if name not in hidden}
    done = run(*[arg.format(catalog=catalog) for arg in args], env=bare, cwd=tmp_path)
    assert done.code == 1
    assert done.sentence.startswith("There is no display here, so no window can open. Use `train`")


def test_a_file_with_the_name_of_a_command_does_not_take_its_place(run, tmp_path):
    (tmp_path / "train").write_text("no catalog")
    done = run("train", cwd=tmp_path)
    assert done.code == 2
    assert done.sentence.startswith("Missing argument")


def test_a_reader_that_goes_away_is_no_fault(command):
    with subprocess.Popen([*command, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
