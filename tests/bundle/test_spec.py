"""Everything that the spec leaves out has its reason beside it."""

import ast
import re
from pathlib import Path

import pytest

SPEC = Path(__file__).resolve().parent.parent.parent / "build_spec.spec"


def table(name: str) -> dict[str, str]:
    for statement in ast.parse(SPEC.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            found: dict[str, str] = ast.literal_eval(statement.value)
            return found
    raise LookupError(name)


@pytest.mark.parametrize("name", ["LEFT_OUT", "UNUSED"])
def test_every_exclusion_has_a_reason(name: str) -> None:
    for what, reason in table(name).items():
        assert len(reason.split()) >= 2, f"{what}: {reason}"


def test_patterns_are_patterns_and_spare_our_own_files() -> None:
    unused = re.compile("|".join(f"(?:{pattern})" for pattern in table("UNUSED")))
    assert unused.match("PySide6/Qt/translations/qtbase_de.qm")
    for own in ("exoplanet_desktop/_resources/columns/koi.csv", "exoplanet_desktop/_docs/images/train.png"):
        assert not unused.match(own)
