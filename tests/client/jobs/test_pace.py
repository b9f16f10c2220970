import pytest

from exoplanet_desktop.client.jobs.pace import Pace, Pacer


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_speed_is_that_of_the_last_seconds():
    clock = Clock()
    pacer = Pacer(clock)
    assert pacer(0, 10_000) == Pace(0, 10_000, None, None)
    clock.now += 0.1
    assert pacer(100, 10_000).speed is None
    for step in range(1, 21):
        clock.now = 100 + step
        pace = pacer(100 * step, 10_000)
    assert pace.speed == pytest.approx(100)
    assert pace.remaining_s == pytest.approx(80)
    for step in range(21, 31):
        clock.now = 100 + step
        pace = pacer(2000 + 400 * (step - 20), 10_000)
    assert pace.speed == pytest.approx(400)
    assert pace.remaining_s == pytest.approx(10)


def test_a_line_that_stands_still_promises_nothing():
    clock = Clock()
    pacer = Pacer(clock)
    pacer(500, 1000)
    for _ in range(20):
        clock.now += 1
        pace = pacer(500, 1000)
    assert (pace.speed, pace.remaining_s) == (0, None)
    assert pacer(500, None).remaining_s is None


def test_a_transfer_that_begins_anew_begins_here_as_well():
    clock = Clock()
    pacer = Pacer(clock)
    pacer(1_000_000, None)
    clock.now += 1
    assert pacer(0, None).speed is None
    clock.now += 1
    assert pacer(700, None).speed == pytest.approx(700)


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(1_000, None, None, None), "0.0 MB"),
        (Pace(5_000_000, 10_000_000, 5_000, 1000), "5.0 of 10.0 MB, 5.0 kB/s, 17 min left"),
        (Pace(5_000_000, 10_000_000, 5e6, 1), "5.0 of 10.0 MB, 5.0 MB/s, 1 s left"),
        (Pace(0, 10_000_000, 100, 100_000), "0.0 of 10.0 MB, 0.1 kB/s, 27.8 h left"),
    ],
)
def test_the_pace_in_words(pace, words):
    assert pace.words == words
