"""The one store: tables, commands that write, queries that read frozen views."""
