"""Whether a command may take something away, by its words: delete, drain, restart, scale to 0 (design 3.8).

It only ever errs to the safe side: a command that is marked without need asks for one word more.
"""

import re

_FILES = "rm rmdir unlink shred wipefs fdisk parted dd truncate kill pkill killall skill"
_MACHINES = "reboot shutdown halt poweroff stop restart disable mask detach"
_CLUSTERS = "delete destroy drain evict cordon purge prune wipe erase remove uninstall terminate force-delete"
_BACKWARDS = "rollback revert undo reset failover promote demote"
_DATABASES = "drop flush flushall flushdb pg_terminate_backend pg_cancel_backend pg_ctl"
_ASKED_BY_OPTION = "delete force-delete purge prune remove wipe destroy"
_LOOKING = "grep egrep fgrep rg ls cat less more head tail wc jq man journalctl describe"
_WORDS = frozenset(" ".join((_FILES, _MACHINES, _CLUSTERS, _BACKWARDS, _DATABASES)).split())
_OPTIONS = frozenset(_ASKED_BY_OPTION.split())
_BEGINNINGS = re.compile(
    r"(?:delete|remove|destroy|drop|stop|terminate|kill|purge|reboot|restart|reset|clear|mkfs)[-.:_]\w"
)
_READERS = frozenset(_LOOKING.split())
_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "scale to 0",
        re.compile(
            r"--(?:replicas|desired-capacity|desired-count|size|num-nodes|node-count)[= ]0\b"
            r"|\bscale\b[^\n;|&]*=0\b"
        ),
    ),
    ("push --force", re.compile(r"\bpush\b[^\n;|&]*\s(?:--force\S*|-f|--delete|--mirror)(?:\s|$)")),
    ("clean -f", re.compile(r"\bgit\s+clean\b[^\n;|&]*\s-\w*f")),
    ("replace --force", re.compile(r"\breplace\b[^\n;|&]*\s--force\b")),
    ("DELETE", re.compile(r"(?:-X|--request)[ =]?['\"]?DELETE\b|^\s*DELETE\s+/", re.MULTILINE)),
    ("update … set", re.compile(r"\bupdate\s+\S+\s+set\b", re.IGNORECASE)),
    ("crontab -r", re.compile(r"\bcrontab\b[^\n;|&]*\s-r\b")),
    ("writes over a device", re.compile(r">\s*/dev/(?:sd|nvme|vd|xvd|mapper)")),
    ("init 0", re.compile(r"\b(?:init|telinit)\s+[06]\b")),
)
_SEGMENT = re.compile(r"[\n;|&]+")
_SAID = re.compile(r"[\w./:@%+=-]+")
_SKIPPED = re.compile(r"(?:sudo|doas|command|exec|nohup|time|env|xargs)$|-|[A-Za-z_]\w*=")


def dangers(command: str) -> tuple[str, ...]:
    """Return the words that make a command a destructive one, in its order; none for one that only looks."""
    found: dict[str, None] = {}
    for segment in _SEGMENT.split(_uncommented(command)):
        words = [word.lower() for word in _SAID.findall(segment)]
        first = next((word for word in words if not _SKIPPED.match(word)), "")
        if first.rpartition("/")[2] in _READERS:
            continue
        for word in words:
            if told := _danger(word):
                found[told] = None
    for name, pattern in _PHRASES:
        if pattern.search(command):
            found[name] = None
    return tuple(found)


def _danger(word: str) -> str:
    """Return what is destructive about a word, "" when nothing is; of an option only what it says itself."""
    if word.startswith("-"):
        option = word.lstrip("-").partition("=")[0]
        return option if option in _OPTIONS else ""
    return next((part for part in word.split("/") if part in _WORDS or _BEGINNINGS.match(part)), "")


def _uncommented(command: str) -> str:
    return re.sub(r"(?m)(?:^|(?<=\s))#.*$", "", command)
