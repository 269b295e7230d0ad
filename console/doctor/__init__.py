"""The doctor: everything the room depends on is tried once, from this host, and nothing is changed."""
