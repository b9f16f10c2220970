"""The generated parts of docs/ are up to date."""

import json
import re
from importlib.metadata import version
from typing import Any

import pytest

from tests.docs import generated
from tests.docs.blocks import CHECKOUT

LOCKED = re.search(r"^fastapi==(\S+)", (CHECKOUT / "bundle/lock/program.txt").read_text(encoding="utf-8"), re.MULTILINE)

REPORT: dict[str, Any] = {
    "machine": {
        "cpu": "A CPU",
        "cores": 2,
        "memory_gb": 8.0,
        "system": "Linux",
        "python": "3.11.7",
        "libraries": {"numpy": "2.4"},
    },
    "benches": [
        {
            "bench": "filter",
            "skipped": "",
            "failed": "",
            "figures": [
                {
                    "name": "click to | page",
                    "measured": 0.1234,
                    "unit": "s",
                    "at_most": 0.5,
                    "at_least": None,
                    "detail": "",
                    "holds": True,
                }
            ],
        },
        {"bench": "scroll", "skipped": "no display", "failed": "", "figures": []},
    ],
}


@pytest.mark.skipif(
    LOCKED is None or version("fastapi") != LOCKED[1], reason="another FastAPI words the same document otherwise"
)
def test_the_openapi_file_is_what_the_engine_serves() -> None:
    assert generated.OPENAPI.read_text(encoding="utf-8") == generated.openapi(), (
        "docs/openapi.json is out of date; write it anew with `python -m tests.docs openapi`"
    )


def test_a_report_of_benches_becomes_a_table() -> None:
    page = f"# Title\n\n{generated.BEGIN}old\n{generated.END}\n\nText\n"
    made = generated.with_measured(page, json.loads(json.dumps(REPORT)))
    assert "| filter | click to ∣ page | 0.123 s | ≤ 0.5 s |" in made
    assert "| scroll | not measured: no display | – | – |" in made
    assert made.startswith("# Title\n") and made.endswith("\nText\n") and "old" not in made
    assert generated.with_measured(made, REPORT) == made
    again = {**REPORT, "benches": [{**REPORT["benches"][1], "skipped": "", "failed": "no window"}]}
    both = generated.measured(generated.together([REPORT, again]))
    assert "no window" in both and "no display" not in both and "| filter |" in both
    assert generated.BEGIN in generated.BENCHMARKS.read_text(encoding="utf-8")
