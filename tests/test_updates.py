"""What each audience is written, from facts that it may be told, whatever a template does."""

import re
from dataclasses import replace
from datetime import time, timedelta
from itertools import count

import pytest

from data.domain.incident import Cause, Disposition, Incident, Link, Role, Status
from data.domain.policy import Audience, Hours
from data.domain.severity import Severity
from data.update_facts import Answers, Inside, Outside, facts_for, promised, subject
from data.update_language import TemplateTrouble
from data.updates import LONGEST, check_template, guide_template, plain, render
from tests.configuration.blame import problems
from tests.domain.room import AUDIENCES, GUIDE, Room, done
from tests.hostile import HOSTILE, forbidden_in

P0, P1, P2, P3 = Severity
ENGINEERING, PRODUCT, SUPPORT, EXECUTIVES, CUSTOMERS = AUDIENCES
SAID = Answers("the pool is full", "nobody can pay", "raising the pool", "Card payments fail.")


def at_work(status: Status = Status.INVESTIGATING, severity: Severity = P0) -> tuple[Room, Incident]:
    """An incident of 17 minutes with people, a bridge and a ticket, in some status."""
    room = Room()
    done(room.declare("Checkout returns 503", severity, services=("checkout",)))
    if status.over:
        done(room.at(9).resolve(Disposition.WORKAROUND))
    elif status is not Status.DETECTED:
        done(room.status(status))
    room.at(17)
    incident = replace(
        room.incident,
        roles=((Role.IC, "ada"), (Role.COMMS, "sam")),
        links=(Link("bridge", "https://meet.example/INC-1"), Link("ticket", "https://tracker.example/OPS-7")),
    )
    return room, incident


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
What we do: raising the pool
Resolved 13:55Z: workaround
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
            "What we do: raising the pool\nSince 13:46Z (17m) · ada leads the response\nNext update: 14:34Z",
        ),
        (
            EXECUTIVES,
            Status.RESOLVED,
            "P0 critical, resolved: Checkout returns 503 (INC-1)\nImpact on the business: nobody can pay\n"
            "Resolved 13:55Z after 9m: workaround\nNext update: none planned",
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


def test_before_anybody_knows_anything_the_text_says_so() -> None:
    text = written(ENGINEERING, Status.DETECTED, Answers())
    assert "What we know: not much yet" in text
    assert "Impact:" not in text
    assert "being assessed" in written(EXECUTIVES, Status.DETECTED, Answers())


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


# Templates that do what they must not.

ENDLESS = [
    "{% for i in range(10**9) %}x{% endfor %}",
    "{{ 'x' * 10**9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ title|center(999999999) }}",
    "{{ title|replace('a', title)|replace('b', title) }}",
    "{{ title|join(title)|join(title)|join(title) }}",
    "{% for a in what_we_know %}{% for b in what_we_know %}{% endfor %}{% endfor %}",
    "{% for a in causes %}{% for b in causes %}{% for c in causes %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in services recursive %}{{ loop(services) }}{% endfor %}",
    "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    "{% set title = title ~ title %}",
    "{{ " + "(" * 3_000,
    "{{ " + "not " * 5_000 + "1 }}",
    "{% if 1 %}" * 2_000 + "{% endif %}" * 2_000,
]
REACHING = [
    "{{ title.__class__.__mro__ }}",
    "{{ ''.__class__ }}",
    "{{ title['__class__'] }}",
    "{{ title|attr('__class__') }}",
    "{{ services[0] }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ lipsum() }}",
    "{{ namespace(x=1) }}",
    "{{ title.format(title) }}",
    "{{ loop.last }}",
    "{% for loop in services %}{{ loop.__class__ }}{% endfor %}",
    "{% for s in services %}{{ loop.nextitem.__class__ }}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'x' %}",
    "{% block title %}{% endblock %}",
    "{% do title %}",
    "{% call title() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% autoescape true %}x{% endautoescape %}",
]


@pytest.mark.parametrize("text", [*ENDLESS, *REACHING], ids=lambda text: text[:40])
def test_a_template_that_never_ends_or_reaches_too_far_is_refused_before_it_runs(text: str) -> None:
    room, incident = at_work()
    trouble = check_template(f"{{{{ title }}}}\n{text}")
    assert trouble is not None
    assert trouble.line in (1, 2)
    facts = facts_for(GUIDE, incident, ENGINEERING, SAID, room.now)
    assert render(f"{{{{ title }}}}\n{text}", facts) == trouble
    assert "Checkout returns 503" in plain(facts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\nb {{ titel }}", "line 2: there is no fact titel: did you mean title?"),
        ("{{ title|shout }}", "line 1: there is no filter shout: there are upper, lower,"),
        ("a\n\n{{ title", "line 3: unexpected end of template"),
        ("{% if title %}", "line 1: unexpected end of template"),
        ("{{ title() }}", "line 1: title(…) cannot be called: a template has facts in {{ }}"),
        ("{{ title.upper }}", "line 1: a fact has no parts: write its name alone, like {{ title }}"),
        ("{{ title|truncate(title) }}", "line 1: truncate takes a number"),
        ("{% for s in title %}{% endfor %}", "line 1: for takes a list of facts: causes, services"),
        ("\n{% include 'x' %}", "line 2: include is not known here"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    assert str(check_template(text)).startswith(said)


@pytest.mark.parametrize(
    ("text", "line"),
    [("{% if title < 3 %}x{% endif %}", 1), ("a\n{{ title|truncate(5, true, '……………………') }}", 2)],
)
def test_one_that_fails_only_when_filled_in_says_where_and_the_facts_remain(text: str, line: int) -> None:
    room, incident = at_work()
    trouble = render(text, facts_for(GUIDE, incident, ENGINEERING, SAID, room.now))
    assert isinstance(trouble, TemplateTrouble)
    assert trouble.line == line


def test_the_language_is_enough_to_write_with() -> None:
    room, incident = at_work()
    text = (
        "{# for support #}\n{{ title|upper }}\n"
        "{% for service in services if service != 'none' %}\n"
        "{{ loop.index }}. {{ service }}{% if not loop.last %};{% endif %}\n\n{% endfor %}\n\n\n"
        "{{ 'late' if status in ['detected'] else status ~ '!' }} {{ bridge|default('none') }}"
    )
    written = render(text, facts_for(GUIDE, incident, ENGINEERING, SAID, room.now))
    assert written == "CHECKOUT RETURNS 503\n1. checkout\n\ninvestigating! https://meet.example/INC-1"


def test_what_is_written_is_at_most_ten_thousand_characters() -> None:
    room, incident = at_work()
    long = Answers("x" * 5_000)
    text = render("{{ what_we_know }}\n" * 1_000, facts_for(GUIDE, incident, ENGINEERING, long, room.now))
    assert isinstance(text, str)
    assert 9_000 < len(text) <= LONGEST


@pytest.mark.parametrize("text", [item for _, item in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_facts_are_text_and_nothing_else(text: str) -> None:
    room, incident = at_work()
    planted = replace(
        incident,
        title=text,
        roles=((Role.IC, text),),
        links=(Link("bridge", text),),
        causes=(Cause(f"check:{text}", room.now),),
    )
    answers = Answers(text, text, text, text)
    for audience in AUDIENCES:
        facts = facts_for(GUIDE, planted, audience, answers, room.now)
        body = render(guide_template(audience), facts)
        assert isinstance(body, str)
        assert not [found for line in body.split("\n") for found in forbidden_in(line)]
        assert not forbidden_in(subject(facts))
        assert not [found for line in plain(facts).split("\n") for found in forbidden_in(line)]
        assert "{{ 7 * 7 }}" in body or "7 * 7" not in text


# A configuration is told of it when it is applied.

AUDIENCE = '[[audience]]\nid = "board"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            AUDIENCE + 'template = """\n{{ title }}\n{{ titel }}\n"""',
            "3: audience.board.template: line 2 of it: there is no fact titel: did you mean title?",
        ),
        (
            AUDIENCE + 'external = true\ntemplate = "{{ bridge }}"',
            "4: audience.board.template: line 1 of it: bridge is not told outside the company",
        ),
        (
            '[[audience]]\nid = "customers"\ntemplate = "{{ ic }}"',
            "3: audience.customers.template: line 1 of it: ic is not told outside the company",
        ),
    ],
)
def test_a_template_is_looked_over_when_it_is_applied(text: str, said: str) -> None:
    assert problems(text) == [said]
