"""What is asked of Alertmanager, and of whatever speaks its v2 API: alerts, and silences (design 3.7)."""

import asyncio
import json
import ssl
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

from console.clock import Clock
from console.workers.alert_http import Caller, NoAnswer, words_of
from data.alertmanager import AlertReader, NotAlertmanager, Silence, read_silences, read_status
from data.domain.alerting import InstanceAnswer
from data.domain.change import Refused
from data.domain.instants import format_instant
from data.domain.room import Source
from data.domain.silence import Matcher, refusal
from data.text import clean_line

LIMIT = 10.0  # seconds for one look at one instance
PATIENCE = 2.0  # seconds it has however often it is asked
ALERTS, STATUS, SILENCES = "/api/v2/alerts", "/api/v2/status", "/api/v2/silences"
SILENCE = "/api/v2/silence/"
_COMMENT = 2000  # characters


class Client:
    """Asks sources of alerts; knows no store. Nothing to close."""

    def __init__(self, clock: Clock, *, trust: ssl.SSLContext | None = None) -> None:
        """``trust`` replaces the system's authorities."""
        self._clock = clock
        self._caller = Caller(trust=trust)
        self._readers: dict[tuple[str, str], AlertReader] = {}

    def seconds(self, source: Source) -> float:
        """Return how long one look at an instance may take: 10 s, at most its interval."""
        return max(PATIENCE, min(LIMIT, self._clock.wait(source.every)))

    async def pull(self, source: Source, address: str) -> InstanceAnswer:
        """Look at one instance, once: alerts in every state, and when it started. Never raises.

        The start is asked after the alerts: an instance that restarts in between has then shown what
        it knew before, never an empty list under its old start.
        """
        until = time.monotonic() + self.seconds(source)
        try:
            body = await self._caller.ask(source, address, ALERTS, seconds=self.seconds(source))
            reader = self._readers.setdefault((source.id, address), AlertReader())
            sightings = await asyncio.to_thread(reader.read, body)
            started = await self._started(source, address, until - time.monotonic())
        except (NoAnswer, NotAlertmanager) as error:
            return InstanceAnswer(address, trouble=clean_line(str(error)))
        return InstanceAnswer(address, started, sightings, sightings.trouble)

    def keep(self, sources: Iterable[Source]) -> None:
        """Forget what sources have answered that are no more."""
        wanted = {(source.id, address) for source in sources for address in source.urls}
        self._readers = {key: reader for key, reader in self._readers.items() if key in wanted}

    async def _started(self, source: Source, address: str, seconds: float) -> datetime | None:
        try:
            body = await self._caller.ask(source, address, STATUS, seconds=max(0.0, seconds))
        except NoAnswer as error:
            if error.status in (404, 405):  # Grafana does not say
                return None
            raise
        return read_status(body).started

    async def silences(self, source: Source) -> tuple[Silence, ...] | Refused:
        """Return the silences of a source, from the first instance that answers."""

        async def ask(address: str) -> tuple[Silence, ...]:
            body = await self._caller.ask(source, address, SILENCES, seconds=self.seconds(source))
            return await asyncio.to_thread(read_silences, body)

        troubles = []
        for address in source.urls:
            try:
                return await ask(address)
            except (NoAnswer, NotAlertmanager) as error:
                troubles.append(str(error))
        return _nobody(source, troubles)

    async def create_silence(
        self,
        source: Source,
        matchers: Sequence[Matcher],
        *,
        starts: datetime,
        ends: datetime,
        by: str,
        comment: str,
    ) -> str | Refused:
        """Create a silence at the first instance that takes it, and return its id there."""
        now = self._clock()
        refused = refusal(matchers, starts=starts, ends=ends, comment=comment, now=now)
        if refused is not None:
            return refused
        content = {
            "matchers": [
                {"name": item.name, "value": item.value, "isRegex": item.regex, "isEqual": item.equal}
                for item in matchers
            ],
            "startsAt": format_instant(starts),
            "endsAt": format_instant(ends),
            "createdBy": by,
            "comment": comment[:_COMMENT],
        }
        answer = await self._tell(source, "POST", SILENCES, json.dumps(content).encode())
        if isinstance(answer, Refused):
            return answer
        try:
            made = json.loads(answer)["silenceID"]
        except (ValueError, TypeError, KeyError):
            made = ""
        if not isinstance(made, str) or not made:
            return Refused(
                f"{source.id} did not say that the silence was made", "look at its list of silences"
            )
        return clean_line(made)

    async def expire_silence(self, source: Source, silence: str) -> Refused | None:
        """End a silence now; None when it has ended."""
        answer = await self._tell(source, "DELETE", SILENCE + quote(silence, safe=""), None)
        return answer if isinstance(answer, Refused) else None

    async def _tell(self, source: Source, method: str, path: str, content: bytes | None) -> bytes | Refused:
        troubles = []
        for address in source.urls:
            seconds = self.seconds(source)
            try:
                return await self._caller.ask(
                    source, address, path, seconds=seconds, method=method, content=content
                )
            except NoAnswer as error:
                if error.status in (400, 422):
                    said = words_of(error.said) or str(error)
                    return Refused(clean_line(f"{source.id} refuses: {said}"), "mend it and try again")
                if error.status == 404 and method == "DELETE":
                    return Refused(f"{source.id} knows no such silence", "it may have ended: look again")
                troubles.append(str(error))
        return _nobody(source, troubles)


def _nobody(source: Source, troubles: Sequence[str]) -> Refused:
    said = "; ".join(dict.fromkeys(troubles))
    return Refused(clean_line(f"{source.id} cannot be asked: {said}"), "try again, or use its own page")
