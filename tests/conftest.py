"""What holds for the whole suite."""

import gc


def pytest_collection_finish() -> None:
    """Keep what collecting has made out of every later look for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
