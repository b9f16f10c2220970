"""The code blocks of the documents, as a reader who follows them would run them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md")))
RUN_LANGUAGES = ("sh", "python")

# Not run: commands that would run these tests recursively, or build or install for many minutes.
EXEMPT = {
    "python3 run.py test": "runs this very test",
    "python3 run.py package": "builds the bundle; bundle/ tests what it made",
    "python3 run.py bounds": "installs other versions, and runs all tests with them",
    "python3 run.py lock": "asks a package index, and changes the locks",
    "python3 run.py bench": "measures for minutes; tests/test_bench.py runs the harness",
    ".venv/bin/python -m tests.docs": "writes into docs/; test_generated.py calls the same functions",
    ".venv/bin/python -m pytest": "runs tests within this test",
}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and its first line in the document."""

    language: str
    text: str
    line: int

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block, one line each, without comments."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [" ".join(line.split()) for line in lines if line.strip() and not line.lstrip().startswith("#")]


def blocks(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2], text.count("\n", 0, found.start()) + 2)
        for found in _FENCE.finditer(text)
        if found[1] in RUN_LANGUAGES
    ]


def why_exempt(command: str) -> str:
    """Why a command is not run; empty if it is."""
    return next((why for start, why in EXEMPT.items() if f"{command} ".startswith(f"{start} ")), "")


def kind(command: str) -> str:
    """`window` for a command that opens one and stays, `server` for one that serves until stopped, else `task`."""
    words = shlex.split(command)
    if words[:2] == ["python3", "run.py"]:
        words = words[2:]
        if words[:1] == ["exec"]:
            words = words[1:]
    else:
        words = words[1:] if words[:1] == ["exoplanet-desktop"] else ["task"]
    if not words or words[0] == "gui" or words[0].endswith(".csv"):
        return "window"
    return "server" if words[0] == "serve" else "task"
