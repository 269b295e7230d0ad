"""What holds for the whole suite."""

import gc
import os

import pytest
from hypothesis import settings

# Examples of a property that names no number of its own: a few on every run, many in the slow part.
# They are the same each time: what breaks then is what was changed. FUZZ=1 in the environment tries new ones.
KNOWN = not os.environ.get("FUZZ")
settings.register_profile("few", max_examples=40, derandomize=KNOWN)
settings.register_profile("many", max_examples=250, derandomize=KNOWN)
settings.load_profile("few")

# Beside the modules that are slow as a whole: real processes and terminals, which would starve each other.
ALONE = {
    *("test_alert_faults", "test_alert_workers", "test_attention_terminal", "test_cli_moving", "test_drill"),
    *("test_exactly_once", "test_outbox_terminal", "test_packaging", "test_running", "test_terminal"),
    *("test_tmux", "test_watch"),
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow ones that run one after the other."""
    for item in items:
        if item.get_closest_marker("slow") is None:
            continue
        module = item.getparent(pytest.Module)
        whole = module is not None and any(mark.name == "slow" for mark in module.own_markers)
        if whole or item.path.stem in ALONE:
            item.add_marker(pytest.mark.alone)


def pytest_collection_finish() -> None:
    """Keep what collecting has made out of every later look for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
