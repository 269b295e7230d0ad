"""Which sources of alerts this host can ask: those whose secrets it can resolve (design 7)."""

import asyncio
from collections.abc import Iterable

from console.workers.secrets import SecretMissing, is_reference, resolve
from data.domain.room import Source


async def missing(sources: Iterable[Source]) -> dict[str, str]:
    """Return why this host cannot ask some of these sources, by id. A file may lie on a slow disk."""
    secret = [source for source in sources if _references(source)]
    return await asyncio.to_thread(_try, secret) if secret else {}


def _try(sources: Iterable[Source]) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in sources:
        try:
            for reference in _references(source):
                resolve(reference)
        except SecretMissing as error:
            found[source.id] = str(error)
    return found


def _references(source: Source) -> tuple[str, ...]:
    values = (*source.urls, source.bearer, source.basic, *(value for _, value in source.headers))
    return tuple(text for text in values if is_reference(text))
