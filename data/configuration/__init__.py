"""The room's configuration: read from TOML, planned against the store, written back (design 10)."""
