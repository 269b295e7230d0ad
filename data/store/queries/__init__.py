"""Queries: each reads one consistent view and returns it frozen."""
