"""What each audience is written, from facts that it may be told, whatever a template does."""

import re
from dataclasses import replace
from datetime import time, timedelta
from itertools import count

import pytest

from data.domain.incident import Cause, Link, Role, Status
from data.domain.policy import Audience, Hours
from data.domain.severity import Severity
from data.update_facts import Answers, Inside, Outside, facts_for, promised, subject
from data.update_language import TemplateTrouble
from data.updates import check_template, guide_template, plain, render
from tests.domain.room import GUIDE
from tests.updating import CUSTOMERS, ENGINEERING, EXECUTIVES, PRODUCT, SAID, SUPPORT, at_work

P0, P1, P2, P3 = Severity


def written(audience: Audience, status: Status, answers: Answers = SAID) -> str:
    room, incident = at_work(status)
    text = render(guide_template(audience), facts_for(GUIDE, incident, audience, answers, room.now))
    assert isinstance(text, str), text
    return text


INVESTIGATING = """\
INC-1 P0 critical: Checkout returns 503
Investigating · checkout · since 13:46Z (17m)
What we know: the pool is full
Impact: nobody can pay
What we do: raising the pool
Next update: 14:34Z
IC ada · comms sam
Bridge: https://meet.example/INC-1
Ticket: https://tracker.example/OPS-7"""
RESOLVED = """\
INC-1 P0 critical: Checkout returns 503
Resolved · checkout · since 13:46Z (9m)
What we know: the pool is full
Impact: nobody can pay
Resolved 13:55Z: raising the pool
Next update: none planned
IC ada · comms sam
Ticket: https://tracker.example/OPS-7"""


@pytest.mark.parametrize(
    ("audience", "status", "text"),
    [
        (ENGINEERING, Status.INVESTIGATING, INVESTIGATING),
        (SUPPORT, Status.INVESTIGATING, INVESTIGATING),
        (PRODUCT, Status.RESOLVED, RESOLVED),
        (
            EXECUTIVES,
            Status.FIXING,
            "P0 critical, fixing: Checkout returns 503 (INC-1)\nImpact on the business: nobody can pay\n"
            "What we know: the pool is full\nWhat we do: raising the pool\n"
            "Since 13:46Z (17m) · ada leads the response\nNext update: 14:34Z",
        ),
        (
            EXECUTIVES,
            Status.RESOLVED,
            "P0 critical, resolved: Checkout returns 503 (INC-1)\nImpact on the business: nobody can pay\n"
            "What we know: the pool is full\nResolved 13:55Z after 9m: raising the pool\n"
            "Next update: none planned",
        ),
        (CUSTOMERS, Status.MONITORING, "Card payments fail.\nStarted: 13:46Z\nNext update: 14:34Z"),
        (CUSTOMERS, Status.RESOLVED, "Card payments fail.\nStarted: 13:46Z\nResolved: 13:55Z"),
    ],
)
def test_each_audience_is_written_in_its_own_words(audience: Audience, status: Status, text: str) -> None:
    assert written(audience, status) == text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.DETECTED, "We are aware of a problem and are investigating it."),
        (Status.INVESTIGATING, "We are aware of a problem and are investigating it."),
        (Status.FIXING, "We have found the problem and are working on a fix."),
        (Status.MONITORING, "A fix is in place. We are watching that it holds."),
        (Status.RESOLVED, "The problem is resolved. We are sorry for the trouble it caused."),
    ],
)
def test_customers_are_told_something_even_when_nobody_finds_words(status: Status, words: str) -> None:
    assert written(CUSTOMERS, status, Answers("pool", "all", "fix")).startswith(words)


def test_a_final_update_without_words_says_how_it_ended() -> None:
    text = written(ENGINEERING, Status.RESOLVED, Answers("pool full"))
    assert "Resolved 13:55Z: workaround" in text
    assert "Impact" not in text
    assert "Resolved 13:55Z after 9m: workaround" in written(EXECUTIVES, Status.RESOLVED, Answers())


def test_before_anybody_knows_anything_the_text_says_so() -> None:
    text = written(ENGINEERING, Status.DETECTED, Answers())
    assert "What we know: not much yet" in text
    assert "Impact:" not in text
    assert "being assessed" in written(EXECUTIVES, Status.DETECTED, Answers())


def test_what_is_known_is_never_given_out_as_the_impact() -> None:
    text = written(EXECUTIVES, Status.INVESTIGATING, Answers("the pool is full"))
    assert "Impact on the business: being assessed\nWhat we know: the pool is full\n" in text


@pytest.mark.parametrize(
    ("public", "title", "line"),
    [
        ({"checkout": "Online checkout"}, "Major service disruption: Online checkout", "Online checkout"),
        (
            {"checkout": "Shop", "db": "Shop", "search": "Search"},
            "Major service disruption: Shop, Search",
            "Shop, Search",
        ),
        ({"checkout": "", "mail": "E-mail"}, "Major service disruption", ""),
    ],
)
def test_those_outside_hear_of_services_by_their_public_names_alone(
    public: dict[str, str], title: str, line: str
) -> None:
    room, incident = at_work()
    broken = replace(incident, services=("checkout", "db", "search"))
    facts = facts_for(GUIDE, broken, CUSTOMERS, SAID, room.now, public)
    text = str(render(guide_template(CUSTOMERS), facts))
    assert subject(facts) == title
    assert text == "Card payments fail.\n" + (f"Affected: {line}\n" if line else "") + (
        "Started: 13:46Z\nNext update: 14:34Z"
    )


@pytest.mark.parametrize(
    ("severity", "minute", "audience", "says"),
    [
        (P0, 17, ENGINEERING, "14:34Z"),  # 14:33:11, and the promise never ends before the clock
        (P1, 17, ENGINEERING, "15:04Z"),
        (P2, 17, ENGINEERING, "18:04Z"),
        (P3, 17, ENGINEERING, "2026-11-25 14:04Z"),
        (P0, 17, replace(EXECUTIVES, cadence=((P0, timedelta(hours=2)),)), "16:04Z"),
        (P0, 17, replace(SUPPORT, hours=Hours((0, 1, 2, 3, 4), time(9), time(18), "UTC")), "14:34Z"),
        (P0, 300, replace(SUPPORT, hours=Hours((2,), time(9), time(18), "UTC")), "2026-11-25 09:00Z"),
    ],
)
def test_the_next_update_is_promised_by_cadence_and_hours(
    severity: Severity, minute: float, audience: Audience, says: str
) -> None:
    room, incident = at_work(severity=severity)
    policy = replace(GUIDE, audiences=(audience,))
    room.at(minute)
    facts = facts_for(policy, incident, audience, SAID, room.now)
    assert facts.next_update == says
    due = promised(policy, incident, audience.id, room.now)
    assert due is not None
    assert due >= room.now


# What must never leave the company.


def canary(numbers: "count[int]") -> str:
    return f"canary{next(numbers)}"


def test_nothing_internal_reaches_those_outside_whatever_field_it_is_in() -> None:
    numbers = count()
    room, incident = at_work()
    planted = replace(
        incident,
        title=canary(numbers),
        opened_by=canary(numbers),
        services=(canary(numbers),),
        severity_by=canary(numbers),
        severity_why=canary(numbers),
        acknowledged_by=canary(numbers),
        roles=tuple((role, canary(numbers)) for role in Role),
        causes=(Cause(f"check:{canary(numbers)}", room.now),),
        links=tuple(Link(kind, canary(numbers)) for kind in ("bridge", "ticket", "dashboard", "incident")),
        updates=tuple(replace(clock, snooze_why=canary(numbers)) for clock in incident.updates),
    )
    answers = Answers(canary(numbers), canary(numbers), canary(numbers), "Card payments fail.")
    inside = facts_for(GUIDE, planted, ENGINEERING, answers, room.now)
    assert len(set(re.findall(r"canary\d+", plain(inside)))) >= 10  # they are where they would be seen
    for status in Status:
        facts = facts_for(GUIDE, replace(planted, status=status), CUSTOMERS, answers, room.now)
        assert isinstance(facts, Outside)
        told = repr(facts) + subject(facts) + plain(facts) + str(render(guide_template(CUSTOMERS), facts))
        assert "canary" not in told
        assert "INC-1" not in told


@pytest.mark.parametrize("name", sorted(set(Inside.__slots__) - set(Outside.__slots__)))
def test_a_template_for_outside_cannot_even_ask_for_what_is_internal(name: str) -> None:
    assert check_template(f"{{{{ {name} }}}}") is None
    for text in (
        f"Hello\n{{{{ {name} }}}}",
        f"\n{{% if {name} %}}x{{% endif %}}",
        f"\n{{{{ {name}|d('') }}}}",
    ):
        assert check_template(text, external=True) == TemplateTrouble(
            2, f"{name} is not told outside the company"
        )


def test_causes_are_told_inside_once_a_person_has_confirmed_the_incident() -> None:
    room, incident = at_work()
    down = replace(
        incident, causes=(Cause("check:checkout-api", room.now), Cause("check:db", room.now, room.now))
    )
    told = facts_for(GUIDE, down, ENGINEERING, SAID, room.now)
    assert isinstance(told, Inside)
    assert told.causes == ("checkout-api",)
    guessed = facts_for(GUIDE, replace(down, confirmed=False), ENGINEERING, SAID, room.now)
    assert isinstance(guessed, Inside)
    assert guessed.causes == ()
