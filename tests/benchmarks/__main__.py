"""Benchmarks of everything that must be fast: `python3 run.py bench [NAME …] [--json FILE] [--seconds N]`.

Each bench is a function that measures and returns figures; a figure with a bound passes or fails. Wherever possible,
figures are ratios within one run, so that slow and fast machines give the same result.

Nothing heavy is imported here, because the engine's processes import this module when they start.
"""

import sys

BENCHES = {
    "train": "tests.benchmarks.train:measure",
    "predict-small": "tests.benchmarks.predict_small:measure",
    "predict-large": "tests.benchmarks.predict_large:measure",
    "cold": "tests.benchmarks.cold:measure",
    "poll": "tests.benchmarks.poll:measure",
    "start": "tests.benchmarks.start:measure",
    "open-all": "tests.benchmarks.tables:open_all",
    "pages": "tests.benchmarks.tables:pages",
    "merge": "tests.benchmarks.tables:merge",
    "runs": "tests.benchmarks.runs:measure",
    "slider": "tests.benchmarks.slider:measure",
    "open-first": "tests.benchmarks.window:open_first",
    "scroll": "tests.benchmarks.window:scroll",
    "sort": "tests.benchmarks.window:sort",
    "filter": "tests.benchmarks.window:filter_rows",
    "stall": "tests.benchmarks.window:stall",
    "window-memory": "tests.benchmarks.window:memory",
    "handover": "tests.benchmarks.handover:measure",
    "ten-million": "tests.benchmarks.window:ten_million",
    "cluster": "tests.benchmarks.cluster:measure",
    "siege": "tests.benchmarks.siege:measure",
    "soak": "tests.benchmarks.soak:measure",
}
BY_NAME = ("siege", "soak", "ten-million")  # too long to run by default

if __name__ == "__main__":
    from tests.benchmarks.runner import main

    sys.exit(main(sys.argv[1:], BENCHES, BY_NAME))
