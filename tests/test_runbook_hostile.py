"""Whatever a Markdown file holds, it is read within its limits, comes out clean, and nothing is raised."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.runbook import LONGEST, ImportedRunbook, RunbookClass, read_runbook
from data.runbooks.drafts import MOST_STEPS, TITLE
from tests.hostile import TEXTS, forbidden_in

PIECES = st.sampled_from(
    [
        *(
            "# ",
            "## Steps\n",
            "### Restart it\n",
            "1. ",
            "- ",
            "- [ ] ",
            "0. ",
            "> ",
            "    ",
            "\n",
            "\n\n",
            "```",
            "```sh\n",
            "~~~\n",
        ),
        *(
            "kubectl get pods",
            "$ ",
            "> ",
            "# ",
            "select * from t",
            "| a | b |\n|---|---|\n",
            "|",
            "**bold:** ",
            "`df -h`",
            "<!-- ",
            "-->",
        ),
        *(
            "Check the disk",
            "If it is down, ",
            "you may need to ",
            "run:",
            ". ",
            "e.g. ",
            "prüfen",
            "[a](b)",
            "[a]: b",
            "![x](y)",
            "<br>",
        ),
        *(
            "<details>",
            "!!! note\n",
            '=== "A"\n',
            ":::\n",
            "---\n",
            "title: x\n",
            "+++\n",
            "{{< ref x >}}",
            "{% raw %}",
            "&amp;",
            "\\",
            "\t",
        ),
        *(
            "Step 1:",
            "cat <<EOF\n",
            "'",
            '"',
            "{#a}",
            "\u202e",
            "\x1b[2J",
            "\0",
            "\ud800",
            "🚨",
            "检查。",
            "\r\n",
            "[[x]]",
            "* * *\n",
            "===\n",
        ),
    ]
)
documents = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=60).map("".join),
    st.sampled_from(TEXTS),
)


def check(found: ImportedRunbook) -> None:
    """Hold what is promised of anything that is read."""
    assert found.title
    assert len(found.steps) <= MOST_STEPS
    assert (found.kind is RunbookClass.CHECKLIST) == bool(found.steps)
    lines = [found.title, found.fragment, *found.words]
    texts = []
    for step in found.steps:
        assert 0 < len(step.title) <= TITLE
        assert len(step.detail) <= 20_000
        assert len(step.command) <= 20_000
        lines += [step.title, step.phase, step.language, *(link.url for link in step.links)]
        texts += [step.detail, step.command]
    texts += [note.text for note in found.notes]
    for line in lines:
        assert not forbidden_in(line)
        assert len(line.splitlines()) <= 1
    for text in texts:
        assert not forbidden_in(text.replace("\n", ""))
        text.encode("utf-8")


@given(documents)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_read(text: str) -> None:
    check(read_runbook(text, "any.md"))


@given(documents)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reading_twice_gives_the_same(text: str) -> None:
    assert read_runbook(text, "any.md") == read_runbook(text, "any.md")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1. check the disk\n" * 5_000, id="an endless list"),
        pytest.param("# Restart it\n" * 5_000, id="endless headings"),
        pytest.param("- [ ] do it\n\n" * 5_000, id="endless boxes"),
        pytest.param("**Check it**\n\n" * 5_000, id="endless bold lines"),
        pytest.param("- " * 3_000 + "deep", id="deep lists"),
        pytest.param(">" * 20_000 + "deep", id="deep quotes"),
        pytest.param("".join("  " * depth + "1. check it\n" for depth in range(300)), id="deep steps"),
        pytest.param("[" * 50_000, id="brackets"),
        pytest.param("[a](" * 20_000, id="links that never end"),
        pytest.param("*a _b " * 20_000, id="emphasis that never ends"),
        pytest.param("`" * 10_000 + "a", id="ticks"),
        pytest.param("<!-- " * 20_000, id="comments that never end"),
        pytest.param("```sh\n" + "$ echo '\n" * 5_000, id="quotes that never end"),
        pytest.param("```sh\ncat <<EOF\n" + "x\n" * 5_000, id="a document that never ends"),
        pytest.param(
            "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + ("|b" * 2_000 + "|\n") * 5, id="a wide table"
        ),
        pytest.param("{% a" * 20_000, id="tags that never end"),
        pytest.param("!!! note\n    a\n" * 5_000, id="boxes"),
        pytest.param("you can " * 20_000, id="you can you can"),
        pytest.param("if a, " * 20_000, id="if if if"),
        pytest.param("---\n" + "title: x\n" * 5_000, id="front matter that never ends"),
    ],
)
def test_what_never_ends_ends(text: str) -> None:
    check(read_runbook(text, "endless.md"))


def test_ten_megabytes_are_read_up_to_the_limit_and_said_to_be_cut() -> None:
    found = read_runbook("## Steps\n\n1. Check the disk\n\n" * 400_000, "huge.md")
    check(found)
    assert found.shortened
    assert found.steps[0].title == "Check the disk"
    assert not read_runbook("1. Check the disk\n", "small.md").shortened


def test_a_line_that_is_cut_gives_no_command() -> None:
    found = read_runbook(
        f"## Steps\n1. Delete it\n\n   ```sh\n   rm -rf /srv/{'x' * LONGEST}\n   ```\n", "long.md"
    )
    check(found)
    assert [step.command for step in found.steps] == [""]


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_is_harmless_wherever_it_stands(text: str) -> None:
    text = text[:2_000]
    check(
        read_runbook(
            f"# {text}\n## Steps\n1. Check {text}\n\n   ```{text}\n   df {text}\n   ```\n- [ ] {text}\n", text
        )
    )
