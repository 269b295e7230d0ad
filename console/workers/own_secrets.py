"""Which checks this host can probe: those whose secrets it can resolve (design 7)."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from console.workers.secrets import SecretMissing, is_reference, resolve
from data.domain.check import Check
from data.text import clean_line


@dataclass(frozen=True, slots=True)
class Own:
    """What was sorted out: ``resolved`` checks with secrets, and why others are ``missing`` theirs."""

    resolved: frozenset[str] = frozenset()
    missing: Mapping[str, str] = field(default_factory=dict)

    def able(self, checks: Mapping[str, Check]) -> set[str]:
        """Return the checks this host may claim; one with a secret only once that was resolved here."""
        return {name for name, check in checks.items() if name in self.resolved or not _references(check)}

    @property
    def sentence(self) -> str:
        """Say what is left to other hosts and why; empty when nothing is."""
        if not self.missing:
            return ""
        name, why = min(self.missing.items())
        if len(self.missing) == 1:
            return clean_line(f"{name} is left to other hosts: {why}")
        return clean_line(f"{len(self.missing)} checks are left to other hosts, {name} for one: {why}")


async def sort_out(checks: Iterable[Check]) -> Own:
    """Try every secret, in a thread: a file may lie on a slow disk."""
    secret = [check for check in checks if _references(check)]
    return await asyncio.to_thread(_try, secret) if secret else Own()


def _try(checks: Iterable[Check]) -> Own:
    resolved: set[str] = set()
    missing: dict[str, str] = {}
    for check in checks:
        try:
            for reference in _references(check):
                resolve(reference)
        except SecretMissing as error:
            missing[check.id] = str(error)
        else:
            resolved.add(check.id)
    return Own(frozenset(resolved), missing)


def _references(check: Check) -> tuple[str, ...]:
    return tuple(text for text in (check.url, *(value for _, value in check.headers)) if is_reference(text))
