"""The engine under Schemathesis: every call of its own OpenAPI document, with valid and invalid values.

No call answers 500, every answer is documented, and every refusal is one sentence.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HOOKS = Path(__file__).parent / "schemathesis_hooks.py"
CALLS = 13
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "one_sentence",
]


def known_to(engine: Any) -> dict[str, str]:
    """Field values for which the engine finds something: a job, files, a model."""
    job_id = engine.train().json()["job_id"]
    assert engine.ended(job_id)["status"] == "SUCCEEDED"
    both = {"file_a": ("a.csv", engine.csv), "file_b": ("b.csv", engine.csv)}
    merged, other = (engine.post("/api/merge", files=both).json() for _ in range(2))
    return {
        "job_id": job_id,
        "filename": other["merged_filename"],
        "data_path": "koi.csv",
        "file_a": "koi.csv",
        "file_b": merged["merged_filename"],
        "merge_token": merged["merge_token"],
        "model_version": engine.get("/api/models").json()["models"][0]["model_version"],
    }


@pytest.mark.skipif(importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed")
@pytest.mark.parametrize(
    "options",
    [
        ("--max-examples", "20", "--seed", "42", "--phases", "examples,coverage,fuzzing"),
        pytest.param(("--max-examples", "300"), marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
    ],
)
def test_every_call_of_the_document(engine: Any, tmp_path: Path, options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{engine.base}/openapi.json", *options]
    command += ["--checks", ",".join(CHECKS), "--generation-database", "none", "--suppress-health-check", "all"]
    known = {"SCHEMATHESIS_HOOKS": str(HOOKS), "EXOPLANET_KNOWN": json.dumps(known_to(engine))}
    ran = subprocess.run(command, cwd=tmp_path, env={**os.environ, **known}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert f"Tested: {CALLS}" in ran.stdout
    generated = re.search(r"(\d+) generated", ran.stdout)
    assert generated is not None and int(generated[1]) > 30 * CALLS, ran.stdout
    print(generated[0], "test cases")
    assert engine.get("/api/health").json()["ok"] is True
