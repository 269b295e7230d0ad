"""The story the practice shop tells: who breaks when, how, and what a colleague would call it.

Each entry is (seconds after the start of the round, service, mode, sentence). A round lasts ``ROUND``
seconds, leaves everything healthy, and is told again for as long as the shop runs.
"""

from console.demo.services import Mode

ROUND = 720.0

STORY: tuple[tuple[float, str, Mode, str], ...] = (
    (20, "payments", Mode.DOWN_BODY, "The card processor rejects our client certificate since its rotation"),
    (70, "checkout-db", Mode.SLOW, "A report without an index holds locks on the orders table"),
    (
        90,
        "checkout-db",
        Mode.REFUSING,
        "checkout-db is out of connections: checkout, payments and exports follow",
    ),
    (190, "payments", Mode.OK, "The old client certificate is back in place at the card processor"),
    (240, "checkout-db", Mode.OK, "The replica took over from checkout-db and orders are written again"),
    (290, "search", Mode.SLOW, "Search rebuilds its index at noon instead of at night"),
    (
        320,
        "recommendations",
        Mode.FLAPPING,
        "One of two recommendation servers runs out of memory and restarts",
    ),
    (370, "mail", Mode.REFUSING, "The mail relay stopped: its spool is full"),
    (410, "exports", Mode.DRIPPING, "The warehouse reads exports over a saturated link"),
    (450, "search", Mode.OK, "The index is rebuilt"),
    (480, "recommendations", Mode.OK, "The recommendation servers got more memory"),
    (500, "mail", Mode.OK, "The spool is emptied and the mail relay runs"),
    (520, "exports", Mode.OK, "The link to the warehouse is free again"),
    (560, "catalog", Mode.ERROR_503, "Release 4.12 of the catalog cannot read its price cache"),
    (610, "gateway", Mode.HANG, "The gateway waits for a lock while it reloads its routes"),
    (665, "gateway", Mode.OK, "The gateway was restarted"),
    (690, "catalog", Mode.OK, "The catalog went back to release 4.11"),
)
