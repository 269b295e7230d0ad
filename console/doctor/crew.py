"""Who works for the room: without anybody nothing is measured, nothing climbs and nothing is sent."""

from collections.abc import Iterator

from console.doctor.facts import Facts
from data.domain.diagnosis import Diagnosis, Grade
from data.domain.durations import age

WORKER = "worker"
START = "start the console or warroom watch"


def workers(facts: Facts) -> Iterator[Diagnosis]:
    """Yield who was at work in the last ten minutes, and what keeps them from it."""
    if not facts.working:
        seen = f", the last {age(facts.now - facts.workers[0].seen_at)} ago" if facts.workers else ""
        words = f"nobody works: no worker in the last 10 minutes{seen}"
        if waiting := sum(facts.pending.values()):
            words += f"; {waiting} {'message waits' if waiting == 1 else 'messages wait'} to be sent"
        yield Diagnosis(WORKER, "", Grade.WARNING, words, START)
    for item in facts.working:
        words = f"at work, last heard of {age(facts.now - item.seen_at)} ago"
        name = f"{item.form} {item.host}"
        if item.trouble:
            hint = "it goes on trying; mend this, or start another: warroom watch"
            yield Diagnosis(WORKER, name, Grade.WARNING, f"{words}: {item.trouble}", hint)
        else:
            yield Diagnosis(WORKER, name, Grade.OK, words)
