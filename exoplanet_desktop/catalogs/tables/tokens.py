"""The tokens of a filter, and the error for an invalid one."""

import re
from dataclasses import dataclass

from exoplanet_desktop.errors import InputError

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))
    | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<quoted>`(?:[^`]|``)+`)
    | (?P<word>[^\W\d]\w*)
    | (?P<sign>==|!=|<>|<=|>=|\*\*|[-+*/%^=<>(),])
    )""",
    re.VERBOSE,
)


class ExpressionError(InputError):
    """An invalid filter.

    Attributes:
        position: of the error, in characters from 0.
    """

    code = "expression"

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


@dataclass(frozen=True)
class Token:
    kind: str  # number, text, quoted, word, sign, end
    text: str
    position: int

    @property
    def said(self) -> str:
        return "the end" if self.kind == "end" else f"“{self.text}”"


def tokens(expression: str) -> list[Token]:
    """The tokens of an expression, with `end` as the last. Raises ExpressionError."""
    found: list[Token] = []
    position = 0
    while expression[position:].strip():
        match = _TOKEN.match(expression, position)
        if match is None:
            at = position + len(expression[position:]) - len(expression[position:].lstrip())
            sign = expression[at]
            why = "The quotation mark is never closed" if sign in "'\"`" else f"“{sign}” means nothing here"
            raise ExpressionError(f"{why} (character {at + 1}).", at)
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind)))
        position = match.end()
    return [*found, Token("end", "", len(expression))]


def text_of(token: Token) -> str:
    """The content of quotation marks."""
    quote = token.text[0]
    return token.text[1:-1].replace(quote * 2, quote)
