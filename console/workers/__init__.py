"""Background workers: plain async classes that know no screen."""
