import signal

import pytest

from exoplanet_desktop.server.processes import _cause


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-signal.SIGTERM, "its process was ended from outside"),
        (-9, "its process was killed, as the system does when memory runs out"),
        (-6, "its process crashed (signal 6)"),
        (0, "its process ended by itself (code 0)"),
        (3, "its process ended by itself (code 3)"),
        (None, "its process ended for an unknown reason"),
    ],
)
def test_how_a_process_ended_is_said_in_words(code: int | None, words: str) -> None:
    assert _cause(code) == words
