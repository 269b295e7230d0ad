"""Why nothing is known of any check: nobody looks, or who looks sees nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.domain.check import Check, Outcome, Reason, Result
from data.store.queries.health import blind
from data.views import CheckView
from tests.store.room import START

EVERY = timedelta(seconds=15)
API = CheckView(Check("api", "shop", "https://x.example", every=EVERY), "unknown", None, stale=True)
OFFLINE = Result(START, Outcome.INCONCLUSIVE, Reason.OFFLINE)
CANCELLED = Result(START, Outcome.INCONCLUSIVE, Reason.CANCELLED)


@pytest.mark.parametrize(
    ("views", "says"),
    [
        ((), ""),
        ((API,), "nobody is polling"),
        ((replace(API, last=OFFLINE),), "our own network is down"),
        ((replace(API, last=OFFLINE), API), "our own network is down"),
        ((replace(API, last=CANCELLED),), "no check has an answer"),
        ((replace(API, last=replace(OFFLINE, at=START - 4 * EVERY)),), "nobody is polling"),
        ((API, replace(API, stale=False)), ""),
    ],
)
def test_who_looks_in_vain_is_not_nobody(views: tuple[CheckView, ...], says: str) -> None:
    told = blind(views, START)
    assert told.startswith(says)
    assert bool(told) is bool(says)
