"""Chaos: what the program promises, held while it is killed, frozen, cut off and pulled about."""
