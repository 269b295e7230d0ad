"""A room in which everything has happened that leaves a row behind."""

from datetime import timedelta

from sqlalchemy import Connection, insert

from data.domain.codec import encode
from data.domain.health import Health
from data.domain.incident import Disposition, Role, StepState
from data.domain.severity import Severity
from data.store.commands import incidents, linking, people, proposals, rooms, steps, telling
from data.store.commands.findings import Finding
from data.store.tables import CHECK_STATE, LEASE, PROBE
from data.store.tables_after import ACTION_ITEM, DOCUMENT, DRAFT, LOOKED, POST_MORTEM, PRESENCE
from data.store.tables_outside import ALERT, CALENDAR, CHECK_MINUTE, DELIVERY, SOURCE, WORKER
from tests.store.room import P0, P1, P2, Room, done

WORDS = "größer als 100 % – 支払い 🙂"


def spend(room: Room) -> None:
    """Let a day pass in a room."""
    done(room.do(incidents.declare, "Checkout returns 503", P1, services=["checkout"]))
    room.clock.later(minutes=2)
    done(room.do(incidents.acknowledge, "INC-1", WORDS))
    done(room.do(people.take_role, "INC-1", Role.IC, "ada"))
    done(room.do(steps.set_steps, "INC-1", ["ir8"], StepState.DONE))
    done(room.do(telling.send_update, "INC-1", "We roll back.\nNext update at 15:00."))
    done(room.do(linking.add_link, "INC-1", "ticket", "https://tracker.example/OPS-7"))
    done(room.do(incidents.declare, "Search is slow", P2))
    room.found(Finding("check:payments", "payments is DOWN", Severity.P1, "refused", ("payments",)))
    room.found(Finding("check:search-api", "search is DOWN", Severity.P0, "refused", ("search",), opens=True))
    room.clock.later(minutes=20)
    done(room.do(proposals.dismiss, "PR-1", "a test host"))
    done(room.do(incidents.set_severity, "INC-1", P0, "nobody can pay"))
    done(room.do(rooms.maintain, "checkout", timedelta(minutes=30)))
    done(room.do(incidents.resolve, "INC-1", Disposition.FIXED, why=WORDS))
    room.store.work(lambda connection, now: _outside(connection, room))


def _outside(connection: Connection, room: Room) -> None:
    """Write what workers and screens write, a row of each."""
    now = room.clock.now
    health = encode(Health("checkout-api", since=now))
    rows = {
        CHECK_STATE: {"id": "checkout-api", "state": "down", "health": health, "updated_at": now},
        PROBE: {
            "check_id": "checkout-api",
            "at": now,
            "outcome": "fail",
            "reason": "refused",
            "detail": WORDS,
        }
        | {"status": None, "connect": 0.1, "tls": None, "first_byte": 1e-9, "total": 12.5}
        | {"certificate_until": now},
        LEASE: {"id": "check:checkout-api", "next_due": now, "holder": "x", "until": now, "fence": 3},
        ALERT: {"source": "prod", "fingerprint": "ab", "name": "Down", "severity": "P1", "guessed": False}
        | {"role": "alert", "labels": {"job": WORDS}, "annotations": {}, "url": "", "starts_at": now}
        | {"state": "active", "muted_by": [], "group_key": "g", "cause": "alert:prod:g", "first_seen": now}
        | {"last_seen": now, "seen_by": ["a"], "missing": 0, "cleared_at": None},
        SOURCE: {"id": "prod", "polled_at": now, "ok_at": now, "first_ok_at": now, "failing_since": None}
        | {"trouble": "", "instances": {"a": {"ok": True}}},
        CALENDAR: {"level": "on-call", "fetched_at": now, "ok_at": None, "trouble": WORDS, "until": None}
        | {"shifts": []},
        CHECK_MINUTE: {
            "check_id": "checkout-api",
            "minute": 29_740_000,
            "passed": 5,
            "warned": 1,
            "failed": 0,
        }
        | {"unknown": 0, "up": 60_000, "down": 0, "answering": 240, "slowest": 52},
        WORKER: {
            "holder": "w",
            "host": "server",
            "form": "watch",
            "since": now,
            "seen_at": now,
            "trouble": "",
        },
        PRESENCE: {"holder": "c", "operator": "ada", "host": "laptop", "view": "board", "incident": None}
        | {"writing": "", "since": now, "seen_at": now, "key_at": None},
        DOCUMENT: {"runbook": "disk", "version": 1, "text": f"# Disk\n\n\t{WORDS}\n", "file": "disk.md"}
        | {"by": "ada", "at": now},
        DRAFT: {"operator": "ada", "key": "update:INC-2", "text": WORDS, "data": {"a": 1}, "at": now},
        DELIVERY: {"id": "d1", "incident": 1, "seq": 2, "kind": "page", "target": "contact:ada", "way": 0}
        | {"level": "on-call", "audience": "", "subject": "INC-1", "body": WORDS, "options": {"notify": True}}
        | {"state": "waiting", "attempts": 0, "created_at": now, "next_at": now, "ended_at": None}
        | {"result": "", "holder": "", "until": None, "fence": 0},
        POST_MORTEM: {"incident": 1, "section": "summary", "text": WORDS, "by": "ada", "at": now},
        ACTION_ITEM: {"incident": 1, "number": 1, "title": "Alarm on the pool", "owner": "", "due": ""}
        | {"kind": "detect", "state": "open", "ticket": "", "runbook": "", "created_at": now}
        | {"ended_at": None, "by": "ada"},
        LOOKED: {"operator": "ada", "incident": 1, "seq": 4, "at": now},
    }
    for table, row in rows.items():
        connection.execute(insert(table), [row])
