"""Physical checks of transiting objects, from the columns of a catalog alone."""
