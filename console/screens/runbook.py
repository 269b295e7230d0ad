"""One runbook to read: its checklist, and the text it came from."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.css.query import QueryType
from textual.widget import Widget
from textual.widgets import Static

from console.actions import Where
from console.place import Place
from console.threads import in_thread
from data.domain.room import Origin
from data.domain.words import count
from data.runbook import RunbookClass, read_runbook
from data.runbook_views import FROM, RunbookDetail, Version
from data.runbooks.adopt import as_runbook
from data.runbooks.page import PageLine, steps_page, text_page
from data.store.queries.runbooks import runbook_detail
from widgets.page import PageView
from widgets.safe import content
from widgets.times import wall

NO_TEXT = (PageLine("No text is kept: these steps are all there is. E writes one.", "muted"),)
OWNED = (PageLine("No text is kept: its steps stand in the configuration file.", "muted"),)


class RunbookScreen(Place):
    """Two panes, ``tab`` goes between them. ``version`` is the one to read, 0 for the latest."""

    WHERE: ClassVar[Where] = Where.RUNBOOK
    CSS_PATH = "runbook.tcss"
    AUTO_FOCUS = ""

    def __init__(self, runbook_id: str, version: int = 0) -> None:
        super().__init__()
        self._runbook = runbook_id
        self.version = version
        self.detail: RunbookDetail | None = None

    def body(self) -> ComposeResult:
        """Lay out what it is, its checklist and its text."""
        with Vertical(id="runbook"):
            yield Static("Reading the runbook …", id="heading", classes="pane--title")
            yield Static(id="standing")
            with Horizontal(id="panes"):
                yield PageView(id="steps")
                yield PageView(id="text")

    def on_mount(self) -> None:
        """Follow the zone times are shown in."""
        self.watch(self.app, "local_times", self._say_standing, init=False)

    async def changed(self) -> None:
        """Read it anew."""
        query = partial(runbook_detail, runbook_id=self._runbook, version=self.version)
        found = await self.room.look(query)
        if not self.in_front:
            return
        if found is None:
            if not self.room.trouble:
                self.room.say(f"There is no runbook {self._runbook} any more.", severity="warning")
                self.room.go_back()
            return
        if self.detail is not None and (found.text, found.row) == (self.detail.text, self.detail.row):
            self.detail = found
            self._say_standing()
            return
        page, about = await in_thread(lambda: _page(found))
        first = self.detail is None
        self.detail = found
        self._say_standing()  # NoMatches where the view was left meanwhile: nothing is to be shown then
        steps, text = self.query_one("#steps", PageView), self.query_one("#text", PageView)
        steps.page = about if found.old else steps_page(found.row.runbook)
        text.page = page
        self.set_class(not steps.page, "-no-steps")
        if first:
            self._go(text if not steps.page or found.old else steps)

    def forget(self) -> None:
        """Let go of the runbook of another store."""
        self.detail = None

    def _say_standing(self) -> None:
        found = self.detail
        if found is None:
            return
        old = f"VERSION {found.shown.number}, not the latest: " if found.old and found.shown else ""
        both = "   tab: steps or text" if found.text and found.row.runbook.steps else ""
        heading = f"{old}{found.row.runbook.title}{both}"
        self.query_one("#heading", Static).update(content(heading))
        self.query_one("#standing", Static).update(content(self._standing(found)))

    def _standing(self, found: RunbookDetail) -> str:
        row = found.row
        steps = count(len(row.runbook.steps), "step") if row.runbook.steps else "to read, nothing to tick"
        parts = [self._runbook, FROM[row.origin], steps]
        if found.shown is not None:
            parts.append(dated(found.shown, self.zone))
        if found.file:
            parts.append(f"from {found.file}")
        if row.trusted:
            parts.append("trusted: may run commands")
        if row.origin is Origin.FILE:
            parts.append("read-only here: the configuration file owns it")
        parts += [f"on {key}" + (f" (version {number})" if number else "") for key, number in found.attached]
        if found.services:
            parts.append(f"belongs to {', '.join(found.services)}")
        return " · ".join(parts)

    def focus_next(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Go to the other pane."""
        steps, text = self.query_one("#steps", PageView), self.query_one("#text", PageView)
        return self._go(steps if text.has_focus and not self.has_class("-no-steps") else text)

    def focus_previous(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Go to the other pane."""
        return self.focus_next(selector)

    def _go(self, to: PageView) -> PageView:
        self.set_class(to.id == "text", "-at-text")
        self.call_after_refresh(to.focus, scroll_visible=False)  # what is not shown yet takes no focus
        return to

    def runbook_id(self) -> str:
        """Return its id."""
        return self._runbook

    def copy_text(self) -> str:
        """Return the text, or the steps where there is none."""
        if self.detail is None:
            return self._runbook
        return self.detail.text or "\n".join(step.title for step in self.detail.row.runbook.steps)


def dated(version: Version, zone: str) -> str:
    """Return a version with who made it and when."""
    return f"version {version.number} by {version.by}, {wall(version.at, zone, dated=True, seconds=False)}"


def _page(found: RunbookDetail) -> tuple[tuple[PageLine, ...], tuple[PageLine, ...]]:
    """Return the text as lines, and the steps an older version would have."""
    if not found.text:
        return (OWNED if found.row.origin is Origin.FILE else NO_TEXT), ()
    read = read_runbook(found.text, found.file or found.row.key)
    page = text_page(found.text)
    if read.kind is RunbookClass.STUB and read.redirect:
        page = (
            PageLine(f"This document only points elsewhere: {read.redirect}", "soon"),
            PageLine(""),
            *page,
        )
    return page, steps_page(as_runbook(read, found.row.key)) if found.old else ()
