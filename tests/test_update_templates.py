"""Templates: what they may say, whatever they try, and what is said of those that fail."""

from dataclasses import replace

import pytest

from data.domain.incident import Cause, Link, Role
from data.update_facts import Answers, facts_for, subject
from data.update_language import TemplateTrouble
from data.updates import LONGEST, check_template, guide_template, plain, render
from tests.configuration.blame import problems
from tests.domain.room import AUDIENCES, GUIDE
from tests.hostile import HOSTILE, forbidden_in
from tests.updating import ENGINEERING, SAID, at_work

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
