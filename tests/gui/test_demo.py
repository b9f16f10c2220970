"""The demo is the end-to-end test: the real program in a process of its own, from an empty window to a merged model."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage


def demo(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "exoplanet_desktop", "demo", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=170)


def test_the_demo_goes_through_every_tab(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"

    done = demo("--screenshots", str(pictures), "--data-dir", str(tmp_path / "data"))

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Done."
    assert done.stdout.count("Trained KOI") == 2
    assert "Predicted 2,000 rows" in done.stdout
    names = [file.stem.split("-", 1)[1] for file in sorted(pictures.iterdir())]
    assert names[:3] == ["empty", "train-catalog", "train-progress"]
    assert {"predict-result", "merge-use", "merge-result-1"}.issubset(names)
    for file in pictures.iterdir():
        image = QImage(str(file))
        colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
        assert len(colours) > 5, f"{file.name} is blank"


def test_a_catalog_that_is_none_ends_it_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("a,b\n1,2\n")

    done = demo("--csv", str(path), "--data-dir", str(tmp_path / "data"))

    assert done.returncode != 0
    assert "none.csv" in done.stderr
    assert "Traceback" not in done.stderr
