"""Single changes of a source file that a good test should notice, each as a piece of text in place of another.

A comparison is turned, a condition negated, an operator swapped, a return emptied, a bound changed. What no test can or
should notice is left alone: annotations, log texts, `__repr__`, `TYPE_CHECKING`, what another system runs. So is the
inside of f-strings, whose places Python 3.11 does not know.
"""

import ast
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
EMPTY = {"str": '""', "bytes": 'b""', "list": "[]", "dict": "{}", "tuple": "()", "set": "set()", "int": "0"}
LOGGERS = ("log", "logger", "logging")
SELDOM_RUN = ("TYPE_CHECKING", "sys.platform", "os.name")  # a condition on these depends on the machine
WORDS = (ast.JoinedStr, ast.List, ast.Tuple, ast.Dict)  # an operator on one of these only ever raises when swapped


@dataclass(frozen=True)
class Mutation:
    kind: str
    line: int
    start: int  # bytes of the source
    end: int
    new: str
    owner: str  # the function or class around it
    block: int  # the line that its block begins with; 0 outside functions

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]

    def lines(self, source: bytes) -> tuple[str, str]:
        """The line as it is, and as it is with the mutation."""
        begin = source.rfind(b"\n", 0, self.start) + 1
        end = source.find(b"\n", self.end)
        end = len(source) if end < 0 else end
        before = source[begin:end]
        after = before[: self.start - begin] + self.new.encode() + before[self.end - begin :]
        return " ".join(before.decode().split()), " ".join(after.decode().split())

    def rank(self, seed: int, source: bytes) -> bytes:
        """The place in a shuffled deck. It hangs on the words alone, so that other edits and moves leave it."""
        words = (str(seed), self.kind, self.owner, *self.lines(source))
        return hashlib.sha256("\n".join(words).encode()).digest()


def mutations(source: bytes) -> list[Mutation]:
    """All mutations of a source file, in the order of their places."""
    found = _Finder(source)
    found.block(ast.parse(source).body, "", 0)
    return sorted(set(found.mutations), key=lambda mutation: (mutation.start, mutation.end, mutation.new))


def sample(files: Iterable[Path], count: int, seed: int) -> list[tuple[Path, Mutation]]:
    """`count` mutations of these files; the same for the same seed and code."""
    deck = []
    for file in sorted(files):
        source = file.read_bytes()
        deck += [(mutation.rank(seed, source), file, mutation) for mutation in mutations(source)]
    deck.sort(key=lambda card: (card[0], card[1], card[2].start))
    drawn = ((file, mutation) for _, file, mutation in deck if _can_run(mutation.applied(file.read_bytes())))
    return list(itertools.islice(drawn, count))


def _can_run(source: bytes) -> bool:
    try:
        compile(source, "mutated", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


class _Finder:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts = [0, *(found.end() for found in re.finditer(rb"\n", source))]
        self.mutations: list[Mutation] = []
        self._owner = ""
        self._block = 0

    # Statements

    def block(self, body: list[ast.stmt], owner: str, block: int, returns: str = "") -> None:
        for statement in body:
            self._owner, self._block = owner, block
            self._statement(statement, owner, block, returns)

    def _statement(self, statement: ast.stmt, owner: str, block: int, returns: str) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if statement.name != "__repr__":
                    inside = f"{owner}.{statement.name}"
                    self.block(statement.body, inside, statement.body[0].lineno, _empty(statement.returns))
                return
            case ast.ClassDef():
                self.block(statement.body, f"{owner}.{statement.name}", 0)
                return
            case ast.If() | ast.While() if any(word in ast.unparse(statement.test) for word in SELDOM_RUN):
                return
            case ast.If() | ast.While():
                self._negate(statement.test)
            case ast.Return(value=ast.expr() as value):
                self._empty_return(value, returns)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                self._bounds(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name.isupper():
                self._bounds(value)
            case ast.AugAssign(op=op) if type(op) in OPERATORS and not isinstance(statement.value, WORDS):
                old, new = OPERATORS[type(op)]
                self._between(statement.target, statement.value, f"{old}=", f"{new}=", "operator")
        for expression in _expressions(statement):
            self._expression(expression)
        for inner in blocks_of(statement):
            # A block of a class or module is no block of its own: it runs when the module is imported.
            self.block(inner, owner, inner[0].lineno if block else 0, returns)

    # Expressions

    def _expression(self, node: ast.expr) -> None:
        match node:
            case ast.JoinedStr():
                return
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in LOGGERS:
                return
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for (before, after), op in zip(itertools.pairwise([left, *comparators]), ops, strict=True):
                    self._between(before, after, *COMPARISONS[type(op)], "comparison")
                    for side in (before, after):
                        self._bounds(side)
            case ast.BoolOp(op=op, values=values):
                old, new = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
                for before, after in itertools.pairwise(values):
                    self._between(before, after, old, new, "operator")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                if not (_is_text(left) or _is_text(right)):
                    self._between(left, right, *OPERATORS[type(op)], "operator")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self._add("operator", self._span(node)[0], self._span(operand)[0], "")
            case ast.IfExp(test=test):
                self._negate(test)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for generator in node.generators:
                    for test in generator.ifs:
                        self._negate(test)
        for child in _expressions(node):
            self._expression(child)

    def _negate(self, test: ast.expr) -> None:
        match test:
            case ast.Compare(ops=[ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot() | ast.In() | ast.NotIn()]):
                return  # the same as turning the comparison
            case ast.Constant():
                return
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._add("condition", self._span(test)[0], self._span(operand)[0], "")
            case _:
                start, end = self._span(test)
                self._add("condition", start, end, f"not ({self._source[start:end].decode()})")

    def _empty_return(self, value: ast.expr, empty: str) -> None:
        start, end = self._span(value)
        text = self._source[start:end].decode()
        new = f"not ({text})" if empty == "not" else empty or "None"
        if text != new:
            self._add("return", start, end, new)

    def _bounds(self, value: ast.expr) -> None:
        """Numbers: small ones grow by one, others to their double."""
        match value:
            case ast.BinOp(left=left, right=right):
                self._bounds(left)
                self._bounds(right)
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                changed = number + 1 if number == 0 or (isinstance(number, int) and number < 10) else number * 2
                self._add("bound", *self._span(value), repr(changed))

    def _between(self, before: ast.expr, after: ast.expr, old: str, new: str, kind: str) -> None:
        """Put `new` in the place of the operator `old` that stands between two expressions."""
        start, end = self._span(before)[1], self._span(after)[0]
        pattern = r"\s+".join(map(re.escape, old.split()))
        if found := re.search(pattern.encode(), self._source[start:end]):
            self._add(kind, start + found.start(), start + found.end(), new)

    def _add(self, kind: str, start: int, end: int, new: str) -> None:
        line = self._source.count(b"\n", 0, start) + 1
        self.mutations.append(Mutation(kind, line, start, end, new, self._owner, self._block))

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset


def blocks_of(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements inside a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        if inner := getattr(statement, name, None):
            yield inner
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions directly inside a node, without annotations."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.expr):
                yield part
            elif isinstance(part, ast.keyword | ast.comprehension | ast.withitem | ast.match_case | ast.arguments):
                yield from _expressions(part)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, WORDS) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _empty(annotation: ast.expr | None) -> str:
    """What a function with this annotation returns when it returns nothing worth the name; `not` for the opposite."""
    name = "" if annotation is None else re.split(r"\W", ast.unparse(annotation))[0]
    return "not" if name == "bool" else EMPTY.get(name, "")
