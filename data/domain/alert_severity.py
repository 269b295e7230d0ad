"""What an alert's labels say of how severe it is, and what it is for (design 3.7).

"critical" proposes P1, not P0: it is a third of all real rules. P0 comes only from words that say so.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from data.domain.alert import AlertRole
from data.domain.room import Source
from data.domain.severity import Severity

NONE = "none"  # alerts that only report: heartbeats, and those that inhibit others
UNKNOWN = Severity.P2

_WORDS = {
    Severity.P0: "sev0 s0 sev1 s1 emergency emerg fatal disaster blocker",
    Severity.P1: "critical crit sev2 s2 high major page error err",
    Severity.P2: "sev3 s3 medium minor average moderate warning warn",
    Severity.P3: "sev4 s4 sev5 s5 low info information informational notice debug trivial",
}
_TABLE = {word: severity for severity, words in _WORDS.items() for word in words.split()}
_PRIORITY = re.compile(r"p(?:rio|riority)?([0-9])", re.ASCII)
_SEPARATORS = re.compile(r"[\s_-]+")
_MOST_KEPT = 10_000

Verdict = tuple[Severity, bool, AlertRole]


class Verdicts:
    """What a source's settings make of labels; the same labels are judged once."""

    def __init__(self, source: Source) -> None:
        self._labels = source.severity_labels
        self._table = {_plain(word): severity for word, severity in source.severity_table}
        self._base = source.priority_base
        self._heartbeats = frozenset(name.casefold() for name in source.heartbeats)
        self._kept: dict[tuple[str | None, ...], Verdict] = {}

    def of(self, labels: Mapping[str, str]) -> Verdict:
        """Return the severity, whether it is guessed, and the role of an alert with these labels."""
        get = labels.get
        told = (get("alertname"), *map(get, self._labels))
        known = self._kept.get(told)
        if known is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            known = self._kept[told] = self._judge(told[0] or "", [word for word in told[1:] if word])
        return known

    def _judge(self, name: str, words: list[str]) -> Verdict:
        found = next((severity for word in words if (severity := self._severity(word))), None)
        silent = bool(words) and _plain(words[0]) == NONE and found is None
        role = AlertRole.IGNORED if silent else AlertRole.ALERT
        if name.casefold() in self._heartbeats:
            role = AlertRole.HEARTBEAT
        if found is None and silent:
            return Severity.P3, False, role
        return found or UNKNOWN, found is None, role

    def _severity(self, word: str) -> Severity | None:
        plain = _plain(word)
        if plain in self._table:
            return self._table[plain]
        if match := _PRIORITY.fullmatch(plain):
            return tuple(Severity)[max(0, min(3, int(match[1]) - self._base))]
        return _TABLE.get(plain)


@lru_cache(maxsize=64)
def verdicts(source: Source) -> Verdicts:
    """Return the judge of a source's labels."""
    return Verdicts(source)


def propose_severity(source: Source, labels: Mapping[str, str]) -> tuple[Severity, bool]:
    """Return the severity the labels propose, and whether it is only a guess.

    The source's own words come first, then the table of the rules; the first of its severity labels
    with a word that is known decides. What nobody knows is P2, guessed.
    """
    severity, guessed, _ = verdicts(source).of(labels)
    return severity, guessed


def role_of(source: Source, labels: Mapping[str, str]) -> AlertRole:
    """Return what an alert is for: a heartbeat by its name, ignored by the severity "none"."""
    return verdicts(source).of(labels)[2]


def _plain(word: str) -> str:
    return _SEPARATORS.sub("", word.casefold())
