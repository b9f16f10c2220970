"""The help pages, shown without a network, and the first steps."""
