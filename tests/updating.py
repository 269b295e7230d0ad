"""An incident that is worked on, and what a person says of it."""

from dataclasses import replace

from data.domain.incident import Disposition, Incident, Link, Role, Status
from data.domain.severity import Severity
from data.update_facts import Answers
from tests.domain.room import AUDIENCES, Room, done

ENGINEERING, PRODUCT, SUPPORT, EXECUTIVES, CUSTOMERS = AUDIENCES
SAID = Answers("the pool is full", "nobody can pay", "raising the pool", "Card payments fail.")


def at_work(status: Status = Status.INVESTIGATING, severity: Severity = Severity.P0) -> tuple[Room, Incident]:
    """An incident of 17 minutes with people, a bridge and a ticket, in some status."""
    room = Room()
    done(room.declare("Checkout returns 503", severity, services=("checkout",)))
    if status.over:
        done(room.at(9).resolve(Disposition.WORKAROUND))
    elif status is not Status.DETECTED:
        done(room.status(status))
    room.at(17)
    incident = replace(
        room.incident,
        roles=((Role.IC, "ada"), (Role.COMMS, "sam")),
        links=(Link("bridge", "https://meet.example/INC-1"), Link("ticket", "https://tracker.example/OPS-7")),
    )
    return room, incident
