"""Whether code is a command, and the command in it: prompts off, output apart (R4)."""

import re
from dataclasses import dataclass
from textwrap import dedent

from data.runbooks.vocabulary import OUTPUT, PROSE_TOOLS, QUERY, SCRIPT, SHELL, TOOLS

_TOOL_SHAPES = re.compile(
    r"(?:kafka|zookeeper|cassandra|hadoop|hdfs|yarn|spark|flink|solr|elasticsearch|pulsar|pg|mysql|redis|ceph|gitlab|kube)[\w-]*(?:\.sh)?$"
    r"|(?:Get|Set|Start|Stop|Restart|New|Remove|Test|Invoke|Add|Enable|Disable|Import|Export|Connect|Clear|Write|Update)-[A-Z]\w+$"
    r"|\.{0,2}/[\w./-]+$|/?[\w./-]+\.(?:sh|py|rb|pl|ps1|bat)$"
)
_SQL = re.compile(
    r"(?:select\b.+\bfrom\b|select\s+[\w.]+\(|update\s+\S+\s+set\b|delete\s+from\b|insert\s+into\b|show\s+(?:tables|databases|processlist|"
    r"variables|status|master|slave|replica|engine|create|index|pools|clients|stats|servers)\b|alter\s+(?:table|system|database|role|user|index)\b|explain\s|vacuum\b|create\s+"
    r"(?:table|index|database|user|role|extension|unique)\b|drop\s+(?:table|index|database)\b|truncate\s+table\b|kill\s+(?:query\s+)?\d+|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)
_PROMQL = re.compile(
    r"[\s(]*(?:sum|rate|irate|avg|max|min|count|histogram_quantile|topk|bottomk|increase|delta|absent|changes|avg_over_time|"
    r"max_over_time|sum_over_time|count_over_time|predict_linear|label_replace)\s*(?:by|without)?\s*\(|[a-z_:][\w:]*\{[^}]*\}\s*(?:[<>=!]|\[|$)"
)
_REST = re.compile(r"(?:GET|POST|PUT|DELETE|HEAD|PATCH)\s+/?[\w_.*-]+[/?\w]")
_PROMPT = re.compile(
    r"^\s*(?:\[[^\]\n]{1,80}\]\s*[$#%>]|\(?[\w.-]{1,40}\)?\s?[\w.-]{1,40}@[\w.-]{1,80}:?[^\s$#>]{0,80}\s?[$#%>]|(?:ba)?sh-\d[\d.]*[$#]"
    r"|[\w.-]{1,40}(?:=|-|\()[#>*]|(?:mysql|MariaDB|psql|redis|mongo|cqlsh|postgres|sqlite|irb|ftp|consul|vault|iex)[^>\n]{0,30}>"
    r"|\d{1,3}(?:\.\d{1,3}){3}:\d+>|PS [A-Z]:[^>\n]{0,80}>|[A-Z]:\\[^>\n]{0,80}>|>>>|[$%❯➜»])\s+(?=\S)"
)
_ROOT = re.compile(r"^\s*#\s*(?=\S)")
_ASSIGNS = re.compile(r"^(?:export\s+|set\s+|\$env:)?[A-Za-z_]\w*=")
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_YAML = re.compile(r"^[\w./-]+:(?:\s|$)")
_CLOSES = re.compile(r"^\s*(?:done|fi|esac|do|then|else|elif|\}|\)|EOF)\b|^\s*[})]")
LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a block of code holds. ``sure`` is False where it is only one if the text before asks for it."""

    command: str = ""
    language: str = ""
    output: str = ""
    sure: bool = True


def read_code(text: str, language: str) -> Reading:
    """Return the command in a block, and the rest of it as output."""
    text = dedent(text.expandtabs(4).strip("\n"))
    lines = text.split("\n")
    if not text.strip() or language in OUTPUT:
        return Reading(output=text)
    if language not in QUERY and lines[0].startswith("> ") and not any(map(_PROMPT.match, lines)):
        lines = [f"$ {line[2:]}" if line.startswith("> ") else line for line in lines]  # redis, mongo, irb
    prompted = [bool(_PROMPT.match(line)) for line in lines]
    if any(prompted) and language not in SCRIPT - {"mongo", "irb", "js"}:
        command, output = _after_prompts(lines)
        return _reading(command, output, language or "shell")
    if language in QUERY:
        return _reading(text, "", language)
    if language in SCRIPT:
        return _reading(text, "", language, sure=False)
    if _looks_like_query(text):
        return _reading(text, "", "promql" if _PROMQL.match(text.strip()) else "sql")
    if language in SHELL:
        if _YAML.match(lines[0].strip()) and not _is_command_line(lines[0]):
            return Reading(output=text)
        command, output = _before_output(lines, strict=False)
        return _reading(command, output, language)
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if _is_command_line(first) or _REST.match(first.strip()):
        command, output = _before_output(lines, strict=True)
        return _reading(command, output, language if language not in _PLAIN else "shell")
    if _ROOT.match(lines[0]) and _is_command_line(_ROOT.sub("", lines[0])):
        command, output = _after_prompts(lines)
        return _reading(command, output, "shell")
    if language in _PLAIN and _TOOL_OF_THEIRS.match(first.strip()) and len(lines) <= 3:
        return _reading(text, "", "shell", sure=False)
    return Reading(output=text)


# a name, and something only commands have: an option, a path, a variable, a placeholder
_TOOL_OF_THEIRS = re.compile(r"[a-z][\w.-]* (?=[^:]*(?:\s--?\w|[\w.]/|\$\w|<[\w-]+>|\w=\S))[^:;]*(?::\S.*)?$")
_PLAIN = frozenset(["text", "txt", "plain", "plaintext", "none", "raw", "nohighlight"]) | {""}


def inline_command(code: str) -> str:
    """Return inline code where it is a whole command: a known tool and something for it to do."""
    code = " ".join(code.split()).removeprefix("$ ")
    if _SQL.match(code):
        return code
    words = code.split(" ")
    if len(words) < 2 or not _is_command_line(code) or _SPEAKS_OF.fullmatch(code):
        return ""
    return code


# "the `oc describe` command" speaks of a command: what it is to be done to is missing
_SPEAKS_OF = re.compile(
    r"(?:oc|kubectl|k|helm|aws|az|gcloud|gsutil|git|docker|podman|systemctl|service|ceph|vault|terraform|etcdctl)"
    r"(?: \w+)? (?:logs?|describe|get|exec|delete|edit|patch|apply|adm|scale|rollout|debug|rsh|create|status"
    r"|restart|start|stop|inspect|run|show|config|cordon|drain|uncordon|s3|ec2|rds|label"
    r"|annotate|expose|port-forward|cp|top)(?: (?:\.\.\.|…))?"
)


def _reading(command: str, output: str, language: str, *, sure: bool = True) -> Reading:
    lines = [line for line in command.split("\n") if line.strip()]
    if not lines or all(line.lstrip().startswith(("#", "//", "--")) for line in lines):
        return Reading(output="\n".join(part for part in (command, output) if part.strip()))
    if len(command) > LONGEST:  # half a command would be another one
        return Reading(output=f"{command}\n{output}".strip())
    return Reading(command.strip("\n").rstrip(), language, output.strip("\n"), sure)


def _looks_like_query(text: str) -> bool:
    text = text.strip()[:2_000]
    return bool(_SQL.match(text) or _PROMQL.match(text))


def _is_command_line(line: str) -> bool:
    words = line.strip().split(None, 3)
    while words and _ASSIGNS.match(words[0]):
        if len(words) == 1 or "=$(" in words[0] or "=(" in words[0]:
            return True
        words = words[1:]
    if not words:
        return False
    word = words[0].strip("`(;").lstrip("!")
    if word in TOOLS:
        # "for", "find" and the like are words too: prose has no dashes, dots or quotes after them
        return (
            word not in PROSE_TOOLS
            or bool(re.search(r"[-/$=.*\"'|<>{\\]", line.strip()[len(word) :]))
            or len(words) == 1
        )
    return bool(_TOOL_SHAPES.match(word)) and (not word.startswith("/") or len(word) > 2)


def _after_prompts(lines: list[str]) -> tuple[str, str]:
    """Return the lines behind prompts with what continues them, and the other lines."""
    command: list[str] = []
    output: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        match = _PROMPT.match(line)
        if match:
            found = line[match.end() :]
        elif _ROOT.match(line) and _is_command_line(_ROOT.sub("", line)):
            found = _ROOT.sub("", line)
        elif _ROOT.match(line) and (number == 1 or not lines[number - 2].strip()):
            found = line.strip()
        else:
            if line.strip():
                output.append(line)
            continue
        command.append(found)
        whole = found
        while number < len(lines) and _goes_on(whole, lines[number]):
            following = re.sub(r"^\s?>\s", "", lines[number])
            command.append(following)
            whole += "\n" + following
            number += 1
    while command and command[-1].startswith("#"):
        output.insert(0, command.pop())
    return "\n".join(command), "\n".join(output)


def _goes_on(command: str, following: str) -> bool:
    """Tell whether a command is not yet complete."""
    if _PROMPT.match(following):
        return False
    last = command.rsplit("\n", 1)[-1].rstrip()
    if last.endswith(("\\", "|", "&&", "||")) or following.startswith("> "):
        return True
    heredoc = _HEREDOC.search(command)
    if heredoc:
        return heredoc[1] not in command.split("\n")[1:] and len(command) < LONGEST
    if len(command) > 4_000:
        return False
    bare = re.sub(r"\\.", "", command)
    singles = re.sub(r'"[^"]*"', "", bare).count("'")
    doubles = re.sub(r"'[^']*'", "", bare).count('"')
    return bool(singles % 2 or doubles % 2) and bool(following.strip())


def _before_output(lines: list[str], *, strict: bool) -> tuple[str, str]:
    """Return the lines up to where output begins: dots, a table's head, after a blank what is no command."""
    kept: list[str] = []
    blank = False
    for number, line in enumerate(lines):
        bare = line.strip()
        begun = any(item.strip() and not item.lstrip().startswith("#") for item in kept)
        if begun and bare in ("...", "…", "[...]", "---"):
            return "\n".join(kept), "\n".join(lines[number:])
        whole = "\n".join(kept[-20:])
        fresh = begun and bare and not _goes_on(whole, line) and not _continues(line)
        if fresh and not _is_command_line(line) and not bare.startswith("#"):
            rest = lines[number:]
            if (
                strict
                or _is_head(bare)
                or (blank and not any(map(_is_command_line, rest)) and not _open(kept))
            ):
                return "\n".join(kept), "\n".join(rest)
        blank = not bare
        kept.append(line)
    return "\n".join(kept), ""


def _continues(line: str) -> bool:
    return line.startswith((" ", "\t", "--", "-", "|", "}", ")", "&&")) or bool(_CLOSES.match(line))


def _open(kept: list[str]) -> bool:
    """Tell whether a loop or block is still open."""
    words = re.findall(r"(?m)^\s*(for|while|if|case|done|fi|esac)\b", "\n".join(kept))
    return sum(1 if word in ("for", "while", "if", "case") else -1 for word in words) > 0


def _is_head(line: str) -> bool:
    """Tell whether a line is the head of a table that a tool prints."""
    words = line.split()
    return (
        len(words) > 1
        and line == line.upper()
        and all(re.fullmatch(r"[A-Z][A-Z0-9_()%/-]*", word) for word in words)
    )
