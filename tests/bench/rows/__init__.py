"""One file per budget of design 12: the measurement and its peer."""
