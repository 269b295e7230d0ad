"""Benchmarks: every budget of the design as a ratio against a peer, measured in one run on one machine."""
