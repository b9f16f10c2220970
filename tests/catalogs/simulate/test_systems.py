import numpy as np

from exoplanet_desktop.catalogs.simulate.koi import SURVEY
from exoplanet_desktop.catalogs.simulate.systems import NOT_TRANSIT_LIKE, PLANET, draw_signals


def test_instrumental_signals_pile_up_at_long_periods() -> None:
    """Near the orbit of the spacecraft, as Thompson et al. 2018 show in figure 3."""
    signals = draw_signals(np.random.default_rng(1), SURVEY, 20_000)
    long = signals.period > SURVEY.periods_days[1] / np.e
    assert long[signals.kind == NOT_TRANSIT_LIKE].mean() > 0.5
    assert long[signals.kind == PLANET].mean() < 0.3
