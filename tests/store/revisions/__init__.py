"""Revisions that only tests know."""
