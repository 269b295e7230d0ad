"""The incident response guide as data."""
