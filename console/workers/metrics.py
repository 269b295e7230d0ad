"""What a worker and its room look like to Prometheus, in its text format."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Connection, func, select

from console.workers.figures import BOUNDS, Figures, quantile
from data.domain.delivery import DeliveryState
from data.domain.severity import Severity
from data.store.tables import INCIDENT
from data.store.tables_outside import DELIVERY

_QUANTILES = (0.5, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class RoomFigures:
    """What only the store knows: live incidents by severity, messages by state."""

    live: Mapping[str, int]
    deliveries: Mapping[str, int]


def room_figures(connection: Connection) -> RoomFigures:
    """Count what is live and what is on its way or was given up."""
    live = select(INCIDENT.c.severity, func.count()).where(INCIDENT.c.live).group_by(INCIDENT.c.severity)
    sent = select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state)
    severities = {str(name): count for name, count in connection.execute(live).all()}
    states = {str(name): count for name, count in connection.execute(sent).all()}
    return RoomFigures(
        {level.value: severities.get(level.value, 0) for level in Severity},
        {state.value: states.get(state.value, 0) for state in DeliveryState},
    )


def page(
    figures: Figures,
    room: RoomFigures | None,
    *,
    newest: datetime | None,
    now: datetime,
    store_errors: int,
    ready: bool,
) -> str:
    """Return the page; ``room`` is None while the store cannot be read, and its figures are left out."""
    return "".join(f"{line}\n" for line in _lines(figures, room, newest, now, store_errors, ready))


def _lines(
    figures: Figures,
    room: RoomFigures | None,
    newest: datetime | None,
    now: datetime,
    store_errors: int,
    ready: bool,
) -> Iterator[str]:
    yield from _metric("build_info", "gauge", "This program's version.", [(f'{{version="{_version()}"}}', 1)])
    yield from _metric("ready", "gauge", "1 while this worker reaches the store and works.", [("", ready)])
    yield from _metric("checks", "gauge", "Health checks by state.", _by("state", figures.states))
    yield from _durations(figures)
    yield from _metric("probes_running", "gauge", "Probes in flight.", [("", figures.probing)])
    late = [(f'{{quantile="{share:g}"}}', quantile(figures.late, share)) for share in _QUANTILES]
    yield from _metric(
        "probe_start_lateness_seconds", "gauge", "How late the last probes began after their due.", late
    )
    yield from _metric("leases_held", "gauge", "Checks this worker has claimed.", [("", figures.held)])
    yield from _metric(
        "turn_age_seconds", "gauge", "Since claims and results last went to the store.", [("", figures.idle)]
    )
    if newest is not None:
        age = max(0.0, (now - newest).total_seconds())
        yield from _metric("newest_result_age_seconds", "gauge", "Age of the newest result.", [("", age)])
    yield from _metric(
        "store_errors_total", "counter", "Times the store could not be used.", [("", store_errors)]
    )
    if room is not None:
        yield from _metric(
            "live_incidents", "gauge", "Live incidents by severity.", _by("severity", room.live)
        )
        yield from _metric(
            "deliveries", "gauge", "Messages of the outbox by state.", _by("state", room.deliveries)
        )


def _durations(figures: Figures) -> Iterator[str]:
    took, sofar = figures.durations, 0
    yield from _head("probe_duration_seconds", "histogram", "How long probes took.")
    for bound, count in zip(BOUNDS, took.within, strict=True):
        sofar += count
        yield f'warroom_probe_duration_seconds_bucket{{le="{bound:g}"}} {sofar}'
    yield f'warroom_probe_duration_seconds_bucket{{le="+Inf"}} {took.count}'
    yield f"warroom_probe_duration_seconds_sum {took.total:.6f}"
    yield f"warroom_probe_duration_seconds_count {took.count}"


def _head(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP warroom_{name} {meaning}"
    yield f"# TYPE warroom_{name} {kind}"


def _metric(name: str, kind: str, meaning: str, samples: Iterable[tuple[str, float]]) -> Iterator[str]:
    yield from _head(name, kind, meaning)
    for labels, value in samples:
        yield f"warroom_{name}{labels} {float(value):.6g}"


def _by(label: str, counts: Mapping[str, int]) -> list[tuple[str, float]]:
    return [(f'{{{label}="{name}"}}', count) for name, count in counts.items()]


def _version() -> str:
    try:
        return version("warroom")
    except PackageNotFoundError:
        return "not installed"
