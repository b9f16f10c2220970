import subprocess
import sys

PROGRAM = """
import sys
from exoplanet_desktop.classify.warm import warm_up
heavy = {"xgboost", "sklearn", "matplotlib", "duckdb", "pandas"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
import exoplanet_desktop.classify.training, exoplanet_desktop.classify.prediction, exoplanet_desktop.classify.modelfile
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
warm_up()
assert {"xgboost", "matplotlib", "pandas"} <= sys.modules.keys()
assert "matplotlib.pyplot" not in sys.modules
assert "PySide6" not in sys.modules
"""


def test_importing_is_light_and_warming_up_is_not() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
