from pathlib import Path

import pytest

from tests.mutants.mutations import mutations, sample


def mutated(source: str) -> list[str]:
    """The source with each of its mutations."""
    data = source.encode()
    return [mutation.applied(data).decode() for mutation in mutations(data)]


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a is not b", ["x = a is b"]),
        ("x = 'é' not  in b", ["x = 'é' in b"]),
        ("x = a == b != c", ["x = a != b != c", "x = a == b == c"]),
        ("x = len(a) > 1", ["x = len(a) >= 1", "x = len(a) > 2"]),
        ("x = a and b and c", ["x = a or b and c", "x = a and b or c"]),
        ("x = (a) + (b)", ["x = (a) - (b)"]),
        ("x = -a", ["x = a"]),
        ("x += 1", ["x -= 1"]),
        ("x = f(a if b else c)", ["x = f(a if not (b) else c)"]),
        ("x = [a for a in b if not a]", ["x = [a for a in b if a]"]),
        ("LIMIT = 20 * 1.5", ["LIMIT = 40 * 1.5", "LIMIT = 20 / 1.5", "LIMIT = 20 * 3.0"]),
        ("limit = 20", []),
        ("if a == b: f()", ["if a != b: f()"]),
        ("if a <= b: f()", ["if a < b: f()", "if not (a <= b): f()"]),
        ("while a: f()", ["while not (a): f()"]),
    ],
)
def test_each_place_is_changed_once(line: str, changed: list[str]) -> None:
    assert sorted(mutated(line)) == sorted(changed)


@pytest.mark.parametrize(
    ("returns", "value", "changed"),
    [
        ("-> bool", "f()", "not (f())"),
        ("-> list[int]", "f()", "[]"),
        ("-> str | None", "f()", '""'),
        ("-> Path", "f()", "None"),
        ("", "f()", "None"),
        ("", "None", None),
        ("-> list[int]", "[]", None),
    ],
)
def test_a_return_is_emptied_as_its_function_promises(returns: str, value: str, changed: str | None) -> None:
    source = "def g() {}:\n    if x:\n        return {}\n".format
    assert mutated(source(returns, value))[1:] == ([] if changed is None else [source(returns, changed)])


@pytest.mark.parametrize(
    "source",
    [
        "x: int | None = f()",
        "def f(a: int | None) -> 'int | None': pass",
        "log.info('%d', a + b)",
        "class C:\n    def __repr__(self): return a + b",
        "if TYPE_CHECKING:\n    x = a + b",
        "if sys.platform == 'win32':\n    x = a + b",
        "x = f'{a + b}'",
        "x = 'a' + b",
        '"""Of a < b and not c."""',
        "x = a  # if a < b",
    ],
)
def test_what_no_test_can_notice_is_left_alone(source: str) -> None:
    assert mutated(source) == []


def test_lines_and_blocks_are_named() -> None:
    source = b"class C:\n    LIMIT = 5\n    def f(self):\n        if x:\n            y = (a +\n                 b)\n"
    found = {mutation.kind: mutation for mutation in mutations(source)}
    assert (found["bound"].line, found["bound"].block) == (2, 0)
    assert (found["condition"].line, found["condition"].block) == (4, 4)
    assert (found["operator"].line, found["operator"].block, found["operator"].owner) == (5, 5, ".C.f")
    assert found["condition"].lines(source) == ("if x:", "if not (x):")


def test_a_seed_draws_the_same_sample_also_after_moves_and_other_edits(tmp_path: Path) -> None:
    lines = [f"x{number} = a{number} < b" for number in range(40)]
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    first.write_text("\n".join(lines))

    def drawn(seed: int) -> list[str]:
        files = [file for file in (first, second) if file.exists()]
        return [mutation.lines(file.read_bytes())[1] for file, mutation in sample(files, 10, seed)]

    of_one, of_two = drawn(1), drawn(2)
    assert len(set(of_one)) == 10
    assert of_one != of_two
    first.write_text("\n".join(["", "# more", *lines[20:]]))
    second.write_text("\n".join(lines[:20]))
    assert drawn(1) == of_one
