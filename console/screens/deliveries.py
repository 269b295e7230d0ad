"""What goes out about an incident: to whom, how each message stands, and what came of it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from data.delivery_views import WORDS, DeliveryView, says
from data.domain.delivery import DeliveryState
from data.domain.durations import brief
from data.store.queries.outbox import delivery_views
from widgets.deliveries import DeliveryTable
from widgets.empty import Empty
from widgets.safe import content

EVERY = 1.0  # seconds between two looks: what a worker does to a message is no event


class DeliveriesScreen(Place):
    """An incident's messages, the latest first; below the table the one under the cursor in full."""

    WHERE: ClassVar[Where] = Where.DELIVERIES
    CSS_PATH = "deliveries.tcss"

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def body(self) -> ComposeResult:
        """Lay out the table and the detail."""
        with Vertical(id="deliveries"):
            yield Static(content(f"{self._key}: who was told"), classes="pane--title")
            yield DeliveryTable(id="messages")
            yield Empty(id="empty")
            yield Static(id="detail")

    def on_mount(self) -> None:
        """Look every second while this is in front."""
        self.watch(self.app, "local_times", self._zone_changed)
        self.set_interval(EVERY, self._look)

    def _look(self) -> None:
        if self.in_front:
            self.run_worker(self.catch_up(), group="read", exclusive=True)

    def _zone_changed(self) -> None:
        for table in self.query(DeliveryTable):
            table.zone = self.zone

    async def changed(self) -> None:
        """Read the messages anew."""
        found = await self.room.look(lambda connection: delivery_views(connection, self._key))
        if found is None or not self.in_front:
            return
        table, empty = self.query_one(DeliveryTable), self.query_one(Empty)
        table.deliveries = found
        table.display = bool(found)
        empty.display = not found
        empty.say(
            f"Nothing went out about {self._key} so far: no machine reaches whoever was told. "
            "C on the incident shows whom to call."
        )
        self.show_detail()

    @on(DeliveryTable.Highlighted)
    def show_detail(self) -> None:
        """Say everything about the message under the cursor."""
        for detail in self.query("#detail").results(Static):
            view = self.current
            detail.update(content(self._detail(view) if view else ""))

    @property
    def current(self) -> DeliveryView | None:
        """The message under the cursor."""
        return next((table.current for table in self.query(DeliveryTable)), None)

    def _detail(self, view: DeliveryView) -> str:
        item, word = view.item, WORDS[view.item.state]
        lines = [f"{word}  {item.kind} to {view.to}  {item.id}", f"{item.subject}"]
        if words := says(item):
            lines.append(words)
        if item.state is DeliveryState.WAITING and item.next_at is not None and item.attempts:
            ahead = item.next_at - self.room.clock()
            lines.append(f"next try in {brief(ahead)}" if ahead.total_seconds() > 0 else "next try now")
        if item.state is DeliveryState.FAILED:
            lines.append("r sends it again")
        return "\n".join(lines)

    def incident_key(self) -> str:
        """Return the incident the messages are about."""
        return self._key

    def copy_text(self) -> str:
        """Return what the message under the cursor says."""
        view = self.current
        return f"{view.item.subject}\n\n{view.item.body}" if view else self._key

    @on(DeliveryTable.Opened)
    def tell_whole(self) -> None:
        """Show the words of the message under the cursor."""
        if view := self.current:
            self.room.say(view.item.body)
