"""What must be fast, measured: `python3 run.py bench [NAME …] [--json FILE] [--seconds N]`.

Each bench is a function that measures and returns figures; one with a bound holds or does not. Figures are ratios
inside one run wherever they can be, so that they tell the same on a slow machine as on a fast one.

Nothing heavy is imported here: the engine's processes import this module when they start.
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
    "soak": "tests.benchmarks.soak:measure",
}
BY_NAME = ("soak", "ten-million")  # too long for a run of all

if __name__ == "__main__":
    from tests.benchmarks.runner import main

    sys.exit(main(sys.argv[1:], BENCHES, BY_NAME))
