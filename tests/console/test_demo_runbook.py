"""The practice room's own runbook: imported, trusted, and its commands ask and heal the real shop."""

import asyncio
import os
from pathlib import Path

import pytest

from console.clock import Clock
from console.demo.lifetime import Shop
from console.demo.practice import make_room
from console.demo.services import Mode
from console.running.output import Output
from console.running.process import Process
from data.domain.change import Refused
from data.domain.destructive import dangers
from data.domain.known_values import propose
from data.domain.placeholders import blanks, fill
from data.domain.severity import Severity
from data.store.commands.incidents import declare
from data.store.queries.incidents import incident_view
from data.store.queries.runs import RunView, run_view
from data.store.store import Store

pytestmark = pytest.mark.slow  # real processes and sockets


async def ran(view: RunView) -> str:
    """Run a step as the console does, every blank filled by what the incident knows."""
    values = {blank.name: propose(blank.name, view.known) for blank in blanks(view.step.command)}
    output = Output()
    async with asyncio.timeout(30):
        ended = await Process(fill(view.step.command, values).command, os.environ, output).run()
    assert ended.well, output.text()
    return output.text()


def step(store: Store, title: str) -> RunView:
    view = store.read(lambda connection: incident_view(connection, "INC-1"))
    assert view is not None
    found = next(step for step in view.incident.steps if step.title.startswith(title))
    asked = store.read(lambda connection: run_view(connection, "INC-1", found.id))
    assert asked is not None
    return asked


async def test_its_steps_look_at_what_is_broken_and_heal_it(tmp_path: Path) -> None:
    shop = await Shop.start(tmp_path, scale=100_000, paused=True)
    store = make_room(tmp_path, shop.ports, Clock())
    try:
        opened = store.write(
            lambda write: declare(
                write, "payments-api is down", Severity.P1, services=["payments"], runbooks=["payments"]
            ),
            by="ada",
        )
        assert not isinstance(opened, Refused), opened
        await shop.break_("payments", Mode.ERROR_503)
        assert '"DOWN"' in await ran(step(store, "Ask the service"))
        assert "error-503" in await ran(step(store, "Read its last errors"))
        heal = step(store, "Restart the service")
        assert (heal.why_not, heal.step.second, dangers(heal.step.command)) == ("", True, ("restart",))
        assert "being restarted" in await ran(heal)
        assert '"UP"' in await ran(step(store, "Ask the service"))
        assert "cards" in await ran(step(store, "Verify that a payment"))
    finally:
        store.close()
        await shop.stop()
