"""Silences: what hides alerts at their source for a while, and what one must say (design 3.7)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.domain.change import Refused

LONGEST = timedelta(hours=24)
NAME = "alertname"
_CHOICES = 20  # names written out in one matcher
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label must be: ``value`` itself, or a regular expression for all of it; ``equal`` or not."""

    name: str
    value: str
    regex: bool = False
    equal: bool = True

    @property
    def text(self) -> str:
        """The matcher as Alertmanager writes it: ``service=~"check.*"``."""
        operator = ("=~" if self.equal else "!~") if self.regex else ("=" if self.equal else "!=")
        quoted = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{operator}"{quoted}"'


def matchers_for(alerts: Iterable[Mapping[str, str]]) -> tuple[Matcher, ...]:
    """Return what the labels of these alerts have in common, the name of the alert first.

    Where their names differ, the first matcher names each of them, so that no other alert is hidden.
    """
    found = list(alerts)
    if not found:
        return ()
    common = dict(found[0])
    for labels in found[1:]:
        common = {name: value for name, value in common.items() if labels.get(name) == value}
    names = sorted({labels.get(NAME, "") for labels in found})
    matchers = [Matcher(name, common[name]) for name in sorted(common, key=lambda name: (name != NAME, name))]
    if 1 < len(names) <= _CHOICES and all(names):
        matchers.insert(0, Matcher(NAME, "|".join(map(re.escape, names)), regex=True))
    return tuple(matcher for matcher in matchers if matcher.value)


def refusal(
    matchers: Sequence[Matcher], *, starts: datetime, ends: datetime, comment: str, now: datetime
) -> Refused | None:
    """Say why a silence may not be made; None where it may. Who hides alerts says why and until when."""
    if not comment.strip():
        return Refused("a silence needs a reason", "say why these alerts may be hidden")
    if not matchers:
        return Refused("a silence needs at least one matcher", 'write one, like alertname="DiskFull"')
    for matcher in matchers:
        if not _LABEL.fullmatch(matcher.name):
            return Refused(f"{matcher.name!r} is not the name of a label", "letters, digits and _ make one")
    if all(_holds_without_label(matcher) for matcher in matchers):
        return Refused(
            "these matchers hide every alert that lacks the labels", "one of them must ask for a value"
        )
    if ends <= now:
        return Refused("the end of the silence has passed", "give one ahead of now")
    if ends > now + LONGEST:
        return Refused(
            "a silence may reach 24 h ahead, no further",
            "renew it tomorrow, or mend the rule",
        )
    if ends <= starts:
        return Refused("the silence ends before it begins", "give a later end")
    return None


def _holds_without_label(matcher: Matcher) -> bool:
    """Tell whether a matcher is true of an alert without its label; where that is unknown, it is not."""
    if not matcher.regex:
        return (not matcher.value) is matcher.equal
    try:
        return (re.fullmatch(matcher.value, "") is not None) is matcher.equal
    except re.error:  # Alertmanager knows expressions that Python does not
        return False
