"""The verbs, imported in the order help lists them."""

from console.cli.verbs import screens  # isort: skip
from console.cli.verbs import looking  # isort: skip
from console.cli.verbs import opening  # isort: skip
from console.cli.verbs import working  # isort: skip
from console.cli.verbs import telling  # isort: skip
from console.cli.verbs import ending  # isort: skip
from console.cli.verbs import rooms  # isort: skip
from console.cli.verbs import health  # isort: skip

__all__ = ["ending", "health", "looking", "opening", "rooms", "screens", "telling", "working"]
