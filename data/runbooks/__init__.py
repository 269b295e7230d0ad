"""Markdown runbooks turned into checklists: the rules behind ``data.runbook``."""
