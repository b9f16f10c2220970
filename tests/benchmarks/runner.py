"""Runs benches one after another and reports whether every bound holds."""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.figures import Figure, Outcome, Skipped, as_json, table

Say = Callable[[str], None]
Bench = Callable[[Say], Sequence[Figure]]


def main(argv: Sequence[str], benches: Mapping[str, str], by_name: Collection[str] = ()) -> int:
    """`[NAME …] [--json FILE] [--seconds N]`; `benches` maps each name to its `module:function`.

    Benches in `by_name` run only if named. `--seconds` applies to benches of adjustable duration.

    Returns 0 if every bound holds, 1 if one fails or a bench did not measure, 2 for invalid arguments.
    """
    names, file, complaint = _arguments(argv, benches)
    if complaint:
        print(complaint, file=sys.stderr)
        return 2
    found = machine.describe()
    print(machine.in_words(found), flush=True)
    outcomes = [_run(name, benches[name]) for name in names or [name for name in benches if name not in by_name]]
    print(f"\n{table(outcomes)}\n")
    if file:
        file.write_text(json.dumps(as_json(outcomes, found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missed = [outcome.bench for outcome in outcomes if not outcome.holds]
    print(f"Not every bound holds: {', '.join(missed)}." if missed else "Every bound holds.")
    return 1 if missed else 0


def _arguments(argv: Sequence[str], benches: Mapping[str, str]) -> tuple[list[str], Path | None, str]:
    """Names, JSON file, and any error in the arguments."""
    names, file, rest = [], None, list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--json" or word.startswith("--json="):
            target = word.partition("=")[2] or (rest.pop(0) if rest else "")
            if not target:
                return [], None, "--json needs the name of a file."
            file = Path(target)
            if not file.absolute().parent.is_dir():
                return [], None, f"The folder of {file} does not exist. Name a file in one that does."
        elif word == "--seconds" or word.startswith("--seconds="):
            seconds = word.partition("=")[2] or (rest.pop(0) if rest else "")
            if not seconds.isdecimal() or int(seconds) == 0:
                return [], None, "--seconds needs a whole number of seconds."
            os.environ["BENCH_SECONDS"] = seconds
        elif word in benches:
            names.append(word)
        else:
            return [], None, f"There is no bench “{word}”. Choose among {', '.join(benches)}."
    return list(dict.fromkeys(names)), file, ""


def _run(name: str, place: str) -> Outcome:
    def say(sentence: str) -> None:
        print(f"[{name}] {sentence}", file=sys.stderr, flush=True)

    module, _, function = place.partition(":")
    before, started = machine.load(), time.perf_counter()
    figures: Sequence[Figure] = ()
    skipped = failed = ""
    try:
        bench: Bench = getattr(importlib.import_module(module), function)
        figures = bench(say)
    except Skipped as reason:
        skipped = str(reason)
        say(f"skipped: {reason}")
    except Exception as error:  # the other benches still run
        failed = f"{type(error).__name__}: {error}"
        say(traceback.format_exc())
    seconds = round(time.perf_counter() - started, 1)
    for figure in figures:
        say(f"{figure.name}: {figure.measured:.4g} {figure.unit} ({figure.detail})")
    return Outcome(name, figures, skipped, failed, seconds, (before, machine.load()))
