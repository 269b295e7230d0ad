"""Readers of what other systems keep of past incidents."""
