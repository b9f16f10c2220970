from dataclasses import replace

import numpy as np
import pytest

from exoplanet_desktop.catalogs.simulate.koi import SURVEY, koi_cells
from exoplanet_desktop.catalogs.simulate.systems import PLANET, draw_signals


@pytest.mark.parametrize(
    ("snr", "siblings", "period", "share"),
    [(25, 1, 10, 0.500), (25, 1, 100, 0.401), (25, 3, 10, 0.769), (100, 1, 10, 0.858)],
)
def test_strong_signals_with_siblings_and_short_periods_are_confirmed_more_often(
    snr: float, siblings: int, period: float, share: float
) -> None:
    rng = np.random.default_rng(1)
    signals = draw_signals(rng, SURVEY, 20_000)
    signals = signals.take(signals.kind == PLANET)
    size = len(signals)
    alike = replace(
        signals,
        snr=np.full(size, float(snr)),
        siblings=np.full(size, siblings),
        period=np.full(size, float(period)),
    )
    confirmed = (koi_cells(rng, alike)["koi_disposition"] == "CONFIRMED").mean()
    assert confirmed == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / size))
