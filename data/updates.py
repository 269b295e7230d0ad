"""Templates of stakeholder updates: looked over, and filled in (design 3.5; guide: Stakeholder Updates)."""

import re
from dataclasses import fields
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from data.domain.policy import Audience
from data.text import clean
from data.update_facts import Inside, Outside
from data.update_language import TemplateTrouble, language, refusal

if TYPE_CHECKING:
    from jinja2 import Template

LONGEST = 10_000  # characters of one update
_NAMED = "<template>"  # how Jinja2 names a template in a traceback
_EMPTY_LINES = re.compile(r"\n{3,}")


def check_template(text: str, *, external: bool = False) -> TemplateTrouble | None:
    """Return what is wrong with a template, None when it can be filled in.

    One for an audience outside the company may ask for nothing that is not told there.
    """
    made = _made(text, external)
    return made if isinstance(made, TemplateTrouble) else None


def render(text: str, facts: Inside | Outside) -> str | TemplateTrouble:
    """Fill a template in: clean text of at most 10 000 characters, or what went wrong."""
    made = _made(text, isinstance(facts, Outside))
    if isinstance(made, TemplateTrouble):
        return made
    written: list[str] = []
    length = 0
    try:
        for part in made.generate({item.name: getattr(facts, item.name) for item in fields(facts)}):
            written.append(part)
            length += len(part)
            if length > LONGEST:
                break
    except Exception as error:  # noqa: BLE001 - however a template fails, the plain facts are left to send
        return TemplateTrouble(_line_of(error), _said(error))
    lines = (line.rstrip() for line in clean("".join(written), LONGEST).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def guide_template(audience: Audience) -> str:
    """Return what an audience is written to when no template of its own is configured."""
    if audience.external:
        return _shipped("external")
    return _shipped("executives" if audience.id == "executives" else "internal")


def plain(facts: Inside | Outside) -> str:
    """Return the facts one by one: what is left to send where a template fails."""
    lines = []
    for item in fields(facts):
        value = getattr(facts, item.name)
        if value and not isinstance(value, bool):
            told = ", ".join(value) if isinstance(value, tuple) else value
            name = item.name.replace("_", " ")
            lines.append(f"{name[:1].upper()}{name[1:]}: {told}")
    return clean("\n".join(lines), LONGEST)


@cache
def _shipped(name: str) -> str:
    return files("data.defaults").joinpath("updates", f"{name}.txt").read_text(encoding="utf-8")


@lru_cache(maxsize=128)
def _made(text: str, external: bool) -> "Template | TemplateTrouble":
    """Return a template ready to be filled in, or what is wrong with it."""
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        if trouble := refusal(language().parse(text), external=external):
            return trouble
        return language().from_string(text)
    except TemplateSyntaxError as error:
        return TemplateTrouble(error.lineno, _said(error))
    except TemplateError as error:
        return TemplateTrouble(1, _said(error))
    except (RecursionError, SyntaxError, MemoryError, ValueError):
        return TemplateTrouble(1, "it is nested too deep, or holds what cannot be read")


def _line_of(error: Exception) -> int:
    """Return the template's line an error came from."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _NAMED:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _said(error: Exception) -> str:
    """Return an error as a sentence that goes on after a colon."""
    words = " ".join(str(getattr(error, "message", "") or str(error) or type(error).__name__).split())
    words = words.rstrip(".")[:200]
    return f"{words[:1].lower()}{words[1:]}"
