"""The verb that teaches a shell: completion."""

from typing import Annotated

import typer

from console.cli import output
from console.cli.common import verb
from console.cli.failures import usage
from console.cli.options import Options


@verb("completion", hides=("store", "as_", "json"))
def completion(
    options: Options, shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]
) -> None:
    """Print what completes this command in a shell.

    bash: source <(warroom completion bash) in your .bashrc. zsh: warroom completion zsh >
    FOLDER/_warroom, a folder of your fpath. fish: warroom completion fish >
    ~/.config/fish/completions/warroom.fish.
    """
    from console.cli.completion import SHELLS, verbs

    if shell not in SHELLS:
        raise usage(f"{shell[:40]!r} is none of {', '.join(SHELLS)}")
    output.answer(SHELLS[shell](verbs()).rstrip("\n"))
