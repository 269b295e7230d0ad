"""What a shell offers on tab: a script for each shell, made of the verbs and their options."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.domain.incident import Disposition, Status
from data.domain.report import By
from data.domain.severity import Severity

_NO_VERB = "''"  # as a shell writes it
_SEVERITIES = tuple(severity.value for severity in Severity)
_VALUES = {
    ("", "--severity"): _SEVERITIES,
    ("", "-s"): _SEVERITIES,
    ("resolve", "--how"): tuple(how.value for how in Disposition),
    ("report", "--by"): tuple(by.value for by in By),
    ("report", "--format"): ("table", "csv", "json"),
    ("postmortem", "--format"): ("md", "html", "json"),
}
_WORDS = {
    "severity": _SEVERITIES,
    "status": tuple(status.value for status in Status),
    "completion": ("bash", "zsh", "fish"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """An option with all its spellings; ``takes`` tells whether a value follows, ``values`` which."""

    names: tuple[str, ...]
    help: str
    takes: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb, what help says of it in one line, its options, and words that may follow it."""

    name: str
    help: str
    options: tuple[Option, ...]
    words: tuple[str, ...] = ()


def verbs() -> tuple[Verb, ...]:
    """Return every verb; the first has no name and is the command itself."""
    import typer

    from console.cli.catalogue import application

    command = typer.main.get_command(application(()))
    known = typer.main.get_command(application(("--help",)))
    found = [Verb("", "", _options("", command.params))]
    for name, one in known.commands.items():  # type: ignore[attr-defined]
        found.append(Verb(name, one.get_short_help_str(70), _options(name, one.params), _WORDS.get(name, ())))
    return tuple(found)


def _options(verb: str, params: Iterable[object]) -> tuple[Option, ...]:
    found = []
    for param in params:
        names = tuple(getattr(param, "opts", ()))
        if getattr(param, "hidden", False) or not names or not names[0].startswith("-"):
            continue
        keys = [(who, name) for name in names for who in (verb, "")]
        values = next((_VALUES[key] for key in keys if key in _VALUES), ())
        takes = not getattr(param, "is_flag", False)
        found.append(Option(names, _line(getattr(param, "help", "") or ""), takes, values))
    return (*found, Option(("--help", "-h"), "Say how it is used.", False, ()))


def _line(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].removesuffix(".")


def bash(found: tuple[Verb, ...]) -> str:
    """Return the script for bash: source it, or put it where bash-completion looks."""
    cases, values = [], []
    for verb in found:
        names = " ".join(name for option in verb.options for name in option.names)
        words = verb.words if verb.name else [one.name for one in found[1:]]
        cases.append(f'    {verb.name or _NO_VERB}) options="{names}" words="{" ".join(words)}" ;;')
        values += [
            f'    "{verb.name} {name}") words="{" ".join(option.values)}"; value=1 ;;'
            for option in verb.options
            for name in option.names
            if option.values
        ]
    taking = {name for verb in found for option in verb.options if option.takes for name in option.names}
    return _BASH.format(taking="|".join(sorted(taking)), cases="\n".join(cases), values="\n".join(values))


_BASH = """\
# warroom for bash: source <(warroom completion bash)
_warroom() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  local verb="" options="" words="" value="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      {taking}) ((i++)) ;;
      -*) ;;
      *) verb=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  case $verb in
{cases}
    *) return ;;
  esac
  case "$verb $before" in
{values}
  esac
  if [[ -z $value ]]; then
    case $before in {taking}) return ;; esac
    [[ $current == -* ]] && words=$options
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _warroom warroom
"""


def zsh(found: tuple[Verb, ...]) -> str:
    """Return the script for zsh: a file named _warroom in a folder of fpath, or sourced after compinit."""
    names = [f"    {_single(f'{verb.name}:{verb.help}')}" for verb in found[1:]]
    arms = []
    for verb in found:
        options = [_single(f"{name}:{one.help}") for one in verb.options for name in one.names]
        name = verb.name or _NO_VERB
        arms.append(f"    {name}) options=({' '.join(options)}) words_of=({' '.join(verb.words)}) ;;")
    return _ZSH.format(verbs="\n".join(names), arms="\n".join(arms))


_ZSH = """\
#compdef warroom
# warroom for zsh: put this into a folder of your fpath as _warroom, or source it after compinit
_warroom() {{
  local -a verbs options words_of
  local verb="" word
  verbs=(
{verbs}
  )
  for word in ${{words[2,CURRENT-1]}}; do
    if (( ${{verbs[(I)$word:*]}} )); then verb=$word; break; fi
  done
  case $verb in
{arms}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif [[ -z $verb ]]; then
    _describe command verbs
  elif (( $#words_of )); then
    compadd -- $words_of
  else
    _files
  fi
}}
if [[ $funcstack[1] == _warroom ]]; then _warroom "$@"; else compdef _warroom warroom; fi
"""


def fish(found: tuple[Verb, ...]) -> str:
    """Return the script for fish: a file in its completions folder."""
    lines = ["# warroom for fish: warroom completion fish > ~/.config/fish/completions/warroom.fish"]
    for verb in found:
        when = f"__fish_seen_subcommand_from {verb.name}" if verb.name else "__fish_use_subcommand"
        start = f"complete -c warroom -n {_single(when)}"
        if verb.name:
            lines.append(
                f"complete -c warroom -n __fish_use_subcommand -f -a {verb.name} -d {_single(verb.help)}"
            )
        if verb.words:
            lines.append(f"{start} -f -a {_single(' '.join(verb.words))}")
        for option in verb.options:
            flags = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
            if option.values:
                flags.append(f"-x -a {_single(' '.join(option.values))}")
            elif option.takes:
                flags.append("-r")
            lines.append(f"{start} {' '.join(flags)} -d {_single(option.help)}")
    return "\n".join(lines) + "\n"


def _single(text: str) -> str:
    return "'" + text.replace("\\", "").replace("'", "’") + "'"


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}
