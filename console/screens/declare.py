"""Declaring an incident: a title, a severity (with the guide's questions as help), its services."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.css.query import NoMatches
from textual.widgets import Button, Input, Static

from console.saying import in_sentences
from console.screens.ask import ChoiceScreen
from console.sizes import Modal
from data.domain.change import Refused
from data.domain.severity import QUESTIONS, UNSURE, Severity, classify
from data.store.commands import incidents
from data.store.definitions import load_services
from data.store.queries.incidents import fitting, runbook_views
from data.text import clean_line
from widgets.mark_list import Mark, MarkList
from widgets.safe import content

if TYPE_CHECKING:
    from console.app import WarRoom

DRAFT = "declare"
WRITING = "Still writing it down: a moment."


class DeclareScreen(Modal[str | None]):
    """The form; escape keeps what was typed as a draft, an error keeps it too."""

    CSS_PATH = "declare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("f2", "declare", "Declare", show=False),
        Binding("f1", "help_classify", "Questions", show=False),
    ]

    def __init__(
        self, title: str = "", services: Sequence[str] = (), severity: Severity = Severity.P2
    ) -> None:
        super().__init__()
        self._title = clean_line(title)
        self._services = tuple(services)
        self._severity = severity
        self._why = ""
        self._writing = False
        self._titles: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Lay out title, severity, services and what fits them."""
        with Vertical(id="form"):
            yield Static("Declare an incident", id="form-title")
            with VerticalScroll(id="fields", can_focus=False):
                yield Input(
                    self._title, placeholder="What is broken, as users see it", id="title", compact=True
                )
                with Horizontal(id="choices"):
                    with Vertical(id="severity-field"):
                        yield Static("Severity   F1 helps to choose", classes="label")
                        yield MarkList(
                            (
                                Mark(level, f"{level} {level.word}", level is self._severity)
                                for level in Severity
                            ),
                            single=True,
                            id="severity",
                        )
                    with Vertical(id="services-field"):
                        yield Static("Services   space marks", classes="label")
                        yield MarkList(id="services")
                yield Static(id="meaning")
                yield Static(id="suggested")
            yield Static(id="trouble")
            with Horizontal(id="buttons"):
                yield Button("F2  declare", id="declare", compact=True)
                yield Static("tab next field · esc keeps the draft", id="form-keys")

    def on_mount(self) -> None:
        """Begin with the title, a draft if there is one; what the store knows comes as it is read."""
        draft = self._room().drafts.get(DRAFT, "")
        if draft and not self._title:
            self.query_one("#title", Input).value = draft
        self.query_one("#severity", MarkList).highlighted = list(Severity).index(self._severity)
        self.query_one("#services-field").display = False
        self.query_one("#title", Input).focus()
        self._say_meaning()
        self.run_worker(self._list_services())

    async def _list_services(self) -> None:
        room = self._room()
        services = await room.look(load_services) or ()
        self._titles = {item.id: item.title for item in await room.look(runbook_views) or ()}
        marks = [Mark(item.id, item.id, item.id in self._services) for item in services]
        with suppress(NoMatches):  # somebody may have left meanwhile
            if services:
                listed = self.query_one("#services", MarkList)
                listed.set_marks(marks)
                listed.highlighted = 0
                self.query_one("#services-field").display = True
            await self._suggest()

    def _room(self) -> "WarRoom":
        return cast("WarRoom", self.app)

    @property
    def severity(self) -> Severity:
        """The severity that is chosen."""
        marked = self.query_one("#severity", MarkList).marked
        return Severity(marked[0]) if marked else Severity.P2

    @on(MarkList.Changed, "#severity")
    def _say_meaning(self) -> None:
        level = self.severity
        self.query_one("#meaning", Static).update(content(f"{level}: {level.meaning}{self._why}"))

    @on(Input.Changed, "#title")
    @on(MarkList.Changed, "#services")
    async def _suggest(self) -> None:
        title = self.query_one("#title", Input).value
        services = self.query_one("#services", MarkList).marked
        fits = await self._room().look(lambda connection: fitting(connection, title, services)) or ()
        names = ", ".join(self._titles.get(item, item) for item in fits)
        words = f"Attaches the guide's checklist and: {names}" if names else "Attaches the guide's checklist."
        for suggested in self.query("#suggested").results(Static):
            suggested.update(content(words))

    def action_leave(self) -> None:
        """Leave; the title stays as a draft. What is being written is waited for: it may be done by now."""
        if self._writing:
            self._trouble(WRITING)
            return
        self._room().drafts[DRAFT] = self.query_one("#title", Input).value
        self.dismiss(None)

    def _trouble(self, words: str) -> None:
        self.query_one("#trouble", Static).update(content(words))

    def action_help_classify(self) -> None:
        """Ask the guide's questions and propose a severity with its reason."""
        self.run_worker(self._classify(), exclusive=True)

    async def _classify(self) -> None:
        answers: dict[str, str] = {}
        for question in QUESTIONS:
            options = [(answer, answer) for answer, _ in question.answers]
            chosen = await self.app.push_screen_wait(
                ChoiceScreen(question.text, [*options, (UNSURE, f"{UNSURE}: the higher one")])
            )
            if chosen is None:
                return
            answers[question.id] = chosen
            if classify(answers).severity is Severity.P0:
                break
        found = classify(answers)
        self._why = f"  (proposed: {found.reason})"
        self.query_one("#severity", MarkList).mark(found.severity)

    @on(Button.Pressed, "#declare")
    @on(Input.Submitted, "#title")
    def action_declare(self) -> None:
        """Declare it, once: a second key while it is being written must not make a second incident."""
        if self._writing:
            self._trouble(WRITING)
        else:
            self._writing = True
            self.run_worker(self._declare())

    async def _declare(self) -> None:
        room = self._room()
        title = self.query_one("#title", Input).value
        services = self.query_one("#services", MarkList).marked
        fits = await room.look(lambda connection: fitting(connection, title, services)) or ()
        work = partial(
            incidents.declare,
            title=title,
            severity=self.severity,
            services=services,
            why=self._why.strip(" ()"),
            runbooks=fits,
        )
        answer = await room.attempt(work)
        if isinstance(answer, Refused):
            self._writing = False
            self._trouble(in_sentences(answer))
            return
        room.drafts.pop(DRAFT, None)
        await room.answered(answer)
        self.dismiss(answer.key)
