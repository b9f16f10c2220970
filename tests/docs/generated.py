"""The generated parts of docs/: the OpenAPI document and the table of benchmarks."""

import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import in_words
from tests.docs.blocks import CHECKOUT

OPENAPI = CHECKOUT / "docs" / "openapi.json"
BENCHMARKS = CHECKOUT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of what was measured -->"


def main(argv: Sequence[str], usage: str) -> int:
    if argv == ["openapi"]:
        OPENAPI.write_text(openapi(), encoding="utf-8")
        return 0
    if len(argv) > 1 and argv[0] == "benchmarks":
        report = together([json.loads(Path(name).read_text(encoding="utf-8")) for name in argv[1:]])
        BENCHMARKS.write_text(with_measured(BENCHMARKS.read_text(encoding="utf-8"), report), encoding="utf-8")
        return 0
    print(usage, file=sys.stderr)
    return 2


def openapi() -> str:
    """The OpenAPI document of an engine that serves others, as text."""
    from exoplanet_desktop.server.app import create_app
    from exoplanet_desktop.server.engine import Engine
    from exoplanet_desktop.server.settings import EngineSettings

    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(EngineSettings(data_dir=Path(folder)))
        try:
            return as_text(create_app(engine).openapi())
        finally:
            engine.close()


def as_text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def together(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Combines several reports from one machine; the last run of a bench counts."""
    benches = {bench["bench"]: bench for report in reports for bench in report["benches"]}
    return {"machine": reports[0]["machine"], "benches": list(benches.values())}


def with_measured(page: str, report: Mapping[str, Any]) -> str:
    """A page with another report between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{measured(report)}\n{END}{after}"


def measured(report: Mapping[str, Any]) -> str:
    """Machine and figures of each bench, in Markdown."""
    machine, libraries = in_words(report["machine"]).splitlines()
    lines = [f"Machine: {machine}. {libraries.rstrip('; ')}.", ""]
    lines += ["| bench | figure | measured | bound |", "| --- | --- | --- | --- |"]
    for bench in report["benches"]:
        for found in bench["figures"]:
            kept = {name: found[name] for name in Figure.__dataclass_fields__}
            figure = Figure(**kept)
            verdict = {True: "", False: ", missed", None: ""}[figure.holds]
            number = _cell(f"{_short(figure.measured)} {figure.unit}".strip())
            lines.append(f"| {bench['bench']} | {_cell(figure.name)} | {number} | {figure.bound or '–'}{verdict} |")
        for why in filter(None, (bench["skipped"], bench["failed"])):
            lines.append(f"| {bench['bench']} | not measured: {_cell(why)} | – | – |")
    return "\n".join(lines) + "\n"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("|", "∣"))
