"""Taking incidents over at a shift change (design 3.4)."""

from collections.abc import Sequence

from data.domain import handover
from data.domain.change import Refused
from data.domain.incident import Incident
from data.store.commands.finding import already_over, find_incident
from data.store.unit import Answer, Write


def accept(write: Write, key: str) -> Answer | Refused:
    """Take an incident over from whoever has it; the response clock is left alone."""
    found = find_incident(write, key)
    if isinstance(found, Refused):
        return found
    changes = already_over(write, found) or handover.accept(write.policy, found, write.by)
    if isinstance(changes, Refused):
        return changes
    state: Incident = write.change(found, changes)
    aside = "" if not handover.off_duty(write.policy, write.by) else f"; {write.by} is not on call now"
    facts = {"from": found.acknowledged_by, "off_duty": bool(aside)}
    return Answer(state.key, f"{state.key}: {write.by} takes over from {found.acknowledged_by}{aside}", facts)


def accept_all(write: Write, keys: Sequence[str]) -> Answer | Refused:
    """Take several incidents over, all of them or none."""
    told: list[Answer] = []
    for key in dict.fromkeys(keys):
        answer = accept(write, key)
        if isinstance(answer, Refused):
            return answer
        told.append(answer)
    if len(told) == 1:
        return told[0]
    accepted = [answer.key for answer in told]
    return Answer(
        accepted[0] if told else "", "\n".join(answer.text for answer in told), {"accepted": accepted}
    )
