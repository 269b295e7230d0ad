"""A mass failure is one proposal: it takes along what its members had proposed singly (design 3.6)."""

from collections.abc import Sequence
from dataclasses import replace

from data.domain.change import Change
from data.domain.incident import Cause
from data.domain.proposal import Proposal, ProposalState
from data.store import causes, rows
from data.store.commands.attaching import answer
from data.store.commands.findings import found
from data.store.commands.opening import Finding, cleaned, facts_of
from data.store.unit import Answer, Write


def found_together(write: Write, finding: Finding, members: Sequence[str]) -> Answer:
    """Take in a finding about many checks at once; while proposed, its title follows the finding's.

    ``members`` are the causes it stands for: what waits for an answer about one of them becomes part of
    it. It never joins what one of its services already has, for it is larger than that.
    """
    finding = cleaned(finding)
    said = found(write, replace(finding, services=()))
    number, incident = causes.place(write.connection, finding.key)
    if number is not None:
        _retitle(write, finding, number)
        _fold(write, members, number)
    elif incident is not None:
        _fold_into_incident(write, finding, members, incident)
    return said


def _retitle(write: Write, finding: Finding, number: int) -> None:
    proposal = rows.load_proposal(write.connection, number)
    if proposal is None:
        return
    back, sign, _ = proposal.title.partition(" is back: ") if proposal.reopens is not None else ("", "", "")
    title = f"{back}{sign}{finding.title}"
    services = tuple(dict.fromkeys((*proposal.services, *finding.services)))
    if (title, services) == (proposal.title, proposal.services):
        return
    rows.save_proposal(write.connection, replace(proposal, title=title, services=services))
    if title != proposal.title:
        facts = facts_of(replace(finding, title=title), "attached", proposal.key)
        write.tell("attached", f"proposal:{proposal.key}", facts, finding.key)


def _fold(write: Write, members: Sequence[str], number: int) -> None:
    taken = _take(write, members, number, f"PR-{number}")
    whole = rows.load_proposal(write.connection, number)
    if taken and whole is not None:
        rows.save_proposal(write.connection, replace(whole, causes=(*whole.causes, *taken)))
        for cause in taken:
            causes.put(write.connection, cause.key, proposal=number)


def _fold_into_incident(write: Write, finding: Finding, members: Sequence[str], number: int) -> None:
    taken = _take(write, members, None, f"INC-{number}")
    incident = write.incident(number)
    if not taken or incident is None:
        return
    known = {cause.key for cause in taken}
    kept = tuple(cause for cause in incident.causes if cause.key not in known)
    facts = facts_of(finding, "attached")
    change = Change("cause", {"causes": (*kept, *taken)}, facts=facts, by=finding.key)
    write.change(incident, (change,))
    for cause in taken:
        causes.put(write.connection, cause.key, incident=number)


def _take(write: Write, members: Sequence[str], target: int | None, into: str) -> tuple[Cause, ...]:
    """Take the members' causes off the other proposals that wait; an emptied one is answered by that."""
    taken: list[Cause] = []
    for key in dict.fromkeys(members):
        number, _ = causes.place(write.connection, key)
        if number is None or number == target:
            continue
        proposal = rows.load_proposal(write.connection, number)
        if proposal is None:
            continue
        taken += [cause for cause in proposal.causes if cause.key == key]
        rest = tuple(cause for cause in proposal.causes if cause.key != key)
        if rest:
            rows.save_proposal(write.connection, replace(proposal, causes=rest))
        else:
            _withdraw(write, proposal, into)
    return tuple(taken)


def _withdraw(write: Write, proposal: Proposal, into: str) -> None:
    answer(write, replace(proposal, state=ProposalState.WITHDRAWN), "keeper")
    facts = {"key": proposal.key, "title": f"{proposal.key} into {into}", "into": into}
    write.tell("folded", f"proposal:{proposal.key}", facts, "keeper")
