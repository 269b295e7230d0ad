"""A drill's scenario is a small file: whoever writes one is told what is wrong with it, and where."""

from pathlib import Path

import pytest

from console.cli.failures import Failure
from console.drill.scenarios import SHIPPED, find, shipped
from data.configuration.model import ConfigurationError
from data.domain.drill import Scenario
from data.drill import HEALS, read, read_path
from tests.hostile import TEXTS

SERVICES, MODES = ("checkout", "checkout-db"), ("ok", "slow", "refusing")
GOOD = """\
title = "Orders cannot be written"
brief = "You are on call."
cause = "A report holds locks."
lasts = "20m"
hints = ["look at view 2"]

[expect]
severity = "P0"
services = ["checkout-db"]
runbook = "database-issues"

[[event]]
after = "50s"
service = "checkout-db"
mode = "refusing"
why = "out of connections"

[[event]]
after = "20s"
service = "checkout-db"
mode = "slow"
latency = "1500ms"
why = "locks"

[[remedy]]
do = "Fail over"
says = "the replica took over"
heals = ["checkout-db"]
"""


def wrong(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text, "own.toml", "own", SERVICES, MODES)
    return [str(problem) for problem in caught.value.problems]


def test_a_scenario_is_read_with_its_events_in_order() -> None:
    found = read(GOOD, "own.toml", "own", SERVICES, MODES)
    assert [turn.mode for turn in found.turns] == ["slow", "refusing"]
    assert (found.id, found.expected.services, found.remedies[0].heals) == (
        "own",
        ("checkout-db",),
        ("checkout-db",),
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "Orders cannot be written"', "", 'own.toml:1: "title" is missing'),
        ('lasts = "20m"', 'lasts = "soon"', "own.toml:4: lasts: 'soon' is not a duration"),
        ('lasts = "20m"', "lasts = 20", "own.toml:4: lasts: expected a duration"),
        ('lasts = "20m"', 'lasts = "5h"', "own.toml:4: lasts: must be at most 4h"),
        ('severity = "P0"', 'severity = "bad"', 'own.toml:8: expect.severity: "bad" is not a severity'),
        ('"database-issues"', '"database-isues"', 'there is no runbook "database-isues" (did you mean'),
        ('services = ["checkout-db"]', "services = []", "own.toml:9: expect.services: must not be empty"),
        (
            'services = ["checkout-db"]',
            'services = ["till"]',
            'own.toml:9: expect.services.#1: there is no service "till"',
        ),
        (
            'mode = "refusing"',
            'mode = "exploding"',
            'own.toml:15: event.#1.mode: there is no mode "exploding"',
        ),
        ('mode = "slow"', 'moode = "slow"', "own.toml:21: event.#2.moode: is an unknown key (did you mean"),
        (
            'heals = ["checkout-db"]',
            'heals = ["chekout"]',
            "own.toml:28: remedy.#1.heals.#1: there is no service",
        ),
        ('after = "50s"', 'after = "30m"', "own.toml:13: event.#1.after: comes when the drill is over"),
        ('after = "50s"', "after = ", "own.toml:13: is not TOML"),
        ('why = "locks"', 'why = "a\\nb"', "own.toml:23: event.#2.why: must be one line"),
        ('why = "locks"', 'why = "\\u001b[2J"', "own.toml:23: event.#2.why: holds U+001B"),
        ('latency = "1500ms"', 'latency = "2h"', "own.toml:22: event.#2.latency: must be at most 1h"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, says: str) -> None:
    assert old in GOOD
    found = wrong(GOOD.replace(old, new))
    assert any(says in one for one in found), found


def test_a_story_in_which_nothing_breaks_is_none() -> None:
    calm = GOOD.replace('"refusing"', '"ok"').replace('"slow"', '"ok"')
    assert wrong(calm) == ["own.toml:12: event: nothing breaks: every event heals"]


def test_every_mistake_is_told_at_once() -> None:
    assert len(wrong(GOOD.replace('"slow"', '"x"').replace('"refusing"', '"y"'))) == 2


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_no_scenario_is_told_in_clean_words(text: str) -> None:
    for told in wrong(text):
        assert told.isprintable()


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.toml", tmp_path / "binary.toml"
    large.write_bytes(b"#" * 300_000)
    binary.write_bytes(b"title = '\xff'\n")
    for path, says in (
        (large, "is larger than 256 kB"),
        (binary, "binary.toml:1: is not UTF-8 text"),
        (tmp_path, "is not a regular file"),
        (tmp_path / "none.toml", "cannot be read: No such file"),
        (Path("/dev/zero"), "is not a regular file"),
    ):
        with pytest.raises(ConfigurationError, match=says):
            read_path(path, SERVICES, MODES)


@pytest.mark.parametrize("scenario", shipped(), ids=lambda scenario: scenario.id)
def test_a_shipped_drill_can_be_played_to_its_end(scenario: Scenario) -> None:
    broken: set[str] = set()
    for turn in scenario.turns:
        broken = broken - {turn.service} if turn.mode == HEALS else broken | {turn.service}
    healed = {service for remedy in scenario.remedies for service in remedy.heals}
    assert broken == set(scenario.expected.services), "what breaks is the incident that is expected"
    assert broken <= healed, "what breaks can be healed"
    assert any(not remedy.heals for remedy in scenario.remedies), "not everything helps"
    assert scenario.hints
    told = f"{scenario.title} {scenario.brief}"
    assert scenario.expected.services[0] not in scenario.brief
    assert "cause" not in told


def test_a_drill_is_found_by_its_name_or_its_file(tmp_path: Path) -> None:
    assert [scenario.id for scenario in shipped()] == list(SHIPPED)
    assert find("Slow").id == "slow"
    own = tmp_path / "own.toml"
    own.write_text(GOOD.replace('["checkout-db"]', '["checkout-db"]'))
    assert find(str(own)).id == "own"
    with pytest.raises(Failure) as caught:
        find("databse")
    assert (caught.value.status, caught.value.hint) == (4, 'did you mean "database"?')
    own.write_text("title = 3")
    with pytest.raises(Failure, match=f"{own}:1: title: expected text in quotes"):
        find(str(own))
