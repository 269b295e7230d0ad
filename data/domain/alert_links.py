"""The pages an alert names: where it was made, its runbook, its dashboards (design 3.7)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from data.domain.alert import Alert

SOURCE, RUNBOOK, DASHBOARD, OTHER = "source", "runbook", "dashboard", "page"
_DASHBOARDS = ("dashboard", "panel", "grafana")


@dataclass(frozen=True, slots=True)
class Page:
    """An address on the web and what it leads to; ``name`` is the annotation's, where one names it."""

    kind: str
    url: str
    name: str = ""

    @property
    def words(self) -> str:
        """What it is called: its kind, or the annotation that no kind fits."""
        return self.name if self.kind == OTHER else self.kind


def pages(alert: Alert) -> tuple[Page, ...]:
    """Return an alert's pages, each address once: where it was made first, then as its annotations go."""
    found = [Page(SOURCE, alert.url)] if _is_page(alert.url) else []
    for name, value in sorted(alert.annotations.items()):
        if _is_page(value.strip()):
            found.append(Page(_kind(name), value.strip(), name))
    order = {kind: place for place, kind in enumerate((SOURCE, RUNBOOK, DASHBOARD, OTHER))}
    found.sort(key=lambda page: order[page.kind])
    first: dict[str, Page] = {}
    for page in found:
        first.setdefault(page.url, page)
    return tuple(first.values())


def _kind(name: str) -> str:
    plain = name.casefold()
    if plain.startswith("runbook"):
        return RUNBOOK
    return DASHBOARD if any(word in plain for word in _DASHBOARDS) else OTHER


def _is_page(text: str) -> bool:
    """Tell whether a text is an address a browser may be given, and nothing else."""
    if any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
