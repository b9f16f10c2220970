"""Merge tokens are signed, and valid for half an hour."""

import time

import pytest

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.server.tokens import MergeTokens

TOKENS = MergeTokens(b"k" * 32, 1800)
PLACE = "mergefiles/merged__a__b.csv"


def test_a_token_stands_for_its_file() -> None:
    assert TOKENS.read(TOKENS.make(PLACE)) == PLACE


def test_another_key_is_another_server() -> None:
    with pytest.raises(InputError, match="does not belong to this server"):
        MergeTokens(b"x" * 32, 1800).read(TOKENS.make(PLACE))


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.é", "\ud800", "x" * 10000, "e30.", ".e30"])
def test_a_false_token_is_refused(token: str) -> None:
    with pytest.raises(InputError, match="does not belong to this server"):
        TOKENS.read(token)


def test_no_character_can_be_changed() -> None:
    token = TOKENS.make(PLACE)
    body = len(token.partition(".")[0])
    for place in (0, body // 2, body - 1, body + 1, len(token) - 2):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(InputError):
            TOKENS.read(changed)


@pytest.mark.parametrize(("seconds", "good"), [(1790, True), (1900, False), (-30, True), (-300, False)])
def test_a_token_ages_and_a_clock_set_back_ends_it(monkeypatch: pytest.MonkeyPatch, seconds: int, good: bool) -> None:
    token = TOKENS.make(PLACE)
    later = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: later)
    if good:
        assert TOKENS.read(token) == PLACE
    else:
        with pytest.raises(InputError, match="expired"):
            TOKENS.read(token)
