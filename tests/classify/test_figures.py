from pathlib import Path

import numpy as np
import pytest

from exoplanet_desktop.classify.figures import confusion_picture


@pytest.mark.parametrize("by_class", [False, True])
def test_a_class_without_rows_has_a_picture_too(tmp_path: Path, by_class: bool) -> None:
    matrix = np.array([[5, 1, 0], [2, 7, 0], [0, 0, 0]])
    confusion_picture(matrix, ("A", "B", "C"), "a title", tmp_path / "m.png", by_class=by_class)
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
