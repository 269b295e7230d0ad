"""A first warroom.toml out of a person's answers: commented, so that the next line is easy to add."""

from console.cli.wizard import Answers, quoted

_HEAD = """\
# This room, as it begins. Change it and load it: warroom apply {file}
# --dry-run only says what would change. Everything a file can say: docs/warroom.toml.
"""
_WATCH = """
[[service]]
id = {service}
# links = {{ dashboard = "https://…", logs = "https://…", apm = "https://…" }}   # opened by d, l and p

[[check]]
id = {service}
service = {service}
url = {url}
every = "30s"
severity = {severity}                                  # what a proposal says
opens = {opens}                                    # true: an incident at once; false: a person is asked
"""
_NO_WATCH = """
# What is watched: a service, and how to see whether it is well.
# [[service]]
# id = "checkout"
# [[check]]
# id = "checkout-api"
# service = "checkout"
# url = "https://checkout.example/healthz"             # or tcp://host:port
# severity = "P1"
"""
_LADDER = """
# Who is told, in this order, until somebody acknowledges. Put people on the levels above you:
# a level without a contact is passed over.
[[level]]
id = "on-call"
contacts = [{contact}]

[[level]]
id = "team-lead"
# contacts = ["lin"]

[[level]]
id = "engineering-manager"

[[level]]
id = "cto"

[[level]]
id = "ceo"                                             # P0 only, and only once a person has confirmed it
"""


def first_file(answers: Answers, file: str, notify: str) -> str:
    """Return the text of a configuration; ``notify`` is a reference or an address without a secret."""
    room = [
        "",
        "[room]",
        f"name = {quoted(answers.room)}",
        f"timezone = {quoted(answers.zone)}",
        '# canaries = ["https://one.example", "https://another.example"]  # all fail: it is our network',
    ]
    watched = {
        "service": quoted(answers.service),
        "url": quoted(answers.url),
        "severity": quoted(answers.severity),
        "opens": str(answers.opens).lower(),
    }
    contact = ["", "[[contact]]", f"id = {quoted(answers.contact)}", f"name = {quoted(answers.person)}"]
    contact.append(f"phone = {quoted(answers.phone)}" if answers.phone else '# phone = "+44 20 7946 0000"')
    contact.append(f"notify = [{quoted(notify)}]" if notify else '# notify = ["env:ADA_NTFY"]')
    return "".join(
        (
            _HEAD.format(file=file),
            "\n".join(room) + "\n",
            _WATCH.format_map(watched) if answers.url else _NO_WATCH,
            "\n".join(contact) + "\n",
            _LADDER.format(contact=quoted(answers.contact)),
        )
    )
