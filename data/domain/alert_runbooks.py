"""Which runbook an alert asks for: what ``runbook_url`` names, then what is called like it (design 3.7)."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from data.domain.alert import Alert
from data.domain.room import Runbook

_URLS = ("runbook_url", "runbook", "runbookUrl", "runbook_link")
_ENDING = re.compile(r"\.(?:md|markdown|html?|adoc|rst|txt)$", re.IGNORECASE)
_INDEX = frozenset({"", "index", "readme", "runbook", "runbooks", "wiki", "docs"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


def runbook_ids(*alerts: Alert) -> tuple[str, ...]:
    """Return what a runbook for these alerts may be called, likeliest first, as ids are written.

    For each alert the fragment and the last part of the path of its ``runbook_url``, then its name:
    ``KubePodCrashLooping`` gives ``kubepodcrashlooping`` and ``kube-pod-crash-looping``.
    """
    linked = [name for alert in alerts for name in _linked(alert)]
    names = [alert.name for alert in alerts]
    found = [form for name in (*linked, *names) for form in _forms(name)]
    return tuple(dict.fromkeys(found))


def runbooks_for(runbooks: Iterable[Runbook], *alerts: Alert) -> tuple[Runbook, ...]:
    """Return the runbooks these alerts ask for, by id or title, likeliest first."""
    known: dict[str, Runbook] = {}
    for runbook in runbooks:
        for form in (*_forms(runbook.id), *_forms(runbook.title)):
            known.setdefault(form, runbook)
    found = {known[name].id: known[name] for name in runbook_ids(*alerts) if name in known}
    return tuple(found.values())


def _linked(alert: Alert) -> Iterable[str]:
    for label in _URLS:
        url = alert.annotations.get(label, "")
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        yield unquote(parts.fragment)
        for part in reversed(unquote(parts.path).split("/")):
            name = _ENDING.sub("", part)
            if name.casefold() not in _INDEX:
                yield name
                break


def _forms(name: str) -> tuple[str, ...]:
    """Return a name in small letters, its words run together and with dashes between them."""
    words = [word.casefold() for word in _WORD.findall(name)]
    return ("".join(words), "-".join(words)) if words else ()
