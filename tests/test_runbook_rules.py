"""The rules of the import one by one, each on a few lines of Markdown as somebody might write them."""

from textwrap import dedent

import pytest

from data.runbook import Confidence, ImportedRunbook, NoSuchSection, RunbookClass, read_runbook
from data.runbooks.commands import inline_command, read_code
from data.runbooks.headings import Standing, read_heading
from data.runbooks.speech import listen


def read(text: str, fragment: str = "", name: str = "disk-full.md") -> ImportedRunbook:
    return read_runbook(dedent(text), name, fragment)


def titles(text: str) -> list[str]:
    return [step.title for step in read(text).steps]


@pytest.mark.parametrize(
    "sentence",
    [
        "Check the logs.",
        "Then restart it.",
        "If the node is down, page the storage team.",
        "Once done, remove the silence.",
        "To see the queue, run the following command:",
        "You may need to restart the kubelet.",
        "It is recommended to drain the node first.",
        "Using tcpdump on the affected node verify the traffic flow to the database.",
        "In rare cases roll back to the previous version.",
        "2. Make sure that the disk is mounted",
        "- [x] Update the ticket",
        "Step 3: Scale the workers up",
        "Log in to the host",
        "Test whether the port answers",
        "Prüfen Sie den Dienst",
        "Protokolle ansehen",
        "Redémarrer le service",
        "Verifique los registros",
    ],
)
def test_these_ask_for_something(sentence: str) -> None:
    assert listen(sentence).asks


@pytest.mark.parametrize(
    "sentence",
    [
        "The pod is restarted by Kubernetes.",
        "Restart is required.",
        "Increase in latency.",
        "Log aggregation systems",
        "Do not restart the pod.",
        "Note that the restart takes a minute.",
        "Warning: delete nothing.",
        "You will see a list of pods.",
        "You can find more in the manual.",
        "Commands that you can run on the host.",
        "If the disk is full, writes fail.",
        "The operator will restart the pod.",
        "Backups are run nightly.",
        "",
    ],
)
def test_these_only_tell_something(sentence: str) -> None:
    assert not listen(sentence).asks


@pytest.mark.parametrize(
    ("heading", "standing"),
    [
        ("Meaning", Standing.CONTEXT),
        ("2. Possible causes", Standing.CONTEXT),
        ("Escalation path", Standing.CONTEXT),
        ("What is Redis?", Standing.CONTEXT),
        ("Description of the recovery steps", Standing.CONTEXT),
        ("Auswirkung", Standing.CONTEXT),
        ("Prerequisites", Standing.CONTEXT),
        ("Diagnosis", Standing.ACTION),
        ("3.1 Mitigation steps", Standing.ACTION),
        ("Causes and solutions", Standing.ACTION),
        ("Step 4 - Tell everybody", Standing.ACTION),
        ("Restart the broker", Standing.ACTION),
        ("Restarting the broker", Standing.ACTION),
        ("If the node is gone", Standing.ACTION),
        ("How do I fail over?", Standing.ACTION),
        ("🚨 Sofortmaßnahmen", Standing.ACTION),
        ("Database issues", Standing.NEUTRAL),
        ("KubeNodeNotReady", Standing.NEUTRAL),
    ],
)
def test_headings_tell_what_is_below_them(heading: str, standing: Standing) -> None:
    assert read_heading(heading).standing is standing


@pytest.mark.parametrize(
    ("code", "language", "command"),
    [
        ("$ kubectl get pods\nNAME READY\napi-1 1/1", "console", "kubectl get pods"),
        ("kubectl get pods", "", "kubectl get pods"),
        ("kubectl get pods\n\nNAMESPACE   NAME\ndefault     api-1", "shell", "kubectl get pods"),
        ("kubectl edit cm x\n...\nport: 80", "console", "kubectl edit cm x"),
        (
            "# who holds the lock\nselect 1 from pg_locks;",
            "sql",
            "# who holds the lock\nselect 1 from pg_locks;",
        ),
        ("[root@db ~]# df -h\n/dev/sda1 100%", "", "df -h"),
        ("mysql> show processlist;\n+----+", "", "show processlist;"),
        ("> info memory\nused_memory:1", "", "info memory"),
        ("$ oc debug node/x\n# chroot /host", "console", "oc debug node/x\nchroot /host"),
        ("PS C:\\> Restart-Service spooler", "powershell", "Restart-Service spooler"),
        ("sum by (pod) (rate(errors_total[5m]))", "", "sum by (pod) (rate(errors_total[5m]))"),
        ("for p in a b; do\n  echo $p\ndone", "bash", "for p in a b; do\n  echo $p\ndone"),
        ("A=1 B=2 ./run.sh --now", "", "A=1 B=2 ./run.sh --now"),
        ("apiVersion: v1\nkind: Pod", "bash", ""),
        ("apiVersion: v1", "yaml", ""),
        ("Mar 20 13:16:36 host app[1]: started", "", ""),
        ("# TODO: command needed", "shell", ""),
        ("", "bash", ""),
        ("echo " + "x" * 10_000, "bash", ""),  # half of it would be another command
    ],
)
def test_a_block_of_code_gives_its_command_without_prompts_and_output(
    code: str, language: str, command: str
) -> None:
    assert read_code(code, language).command == command


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("kubectl get pods -A", True),
        ("$ systemctl status nginx", True),
        ("select * from pg_locks", True),
        ("df -h", True),
        ("kubectl", False),
        ("oc describe", False),
        ("kube-system", False),
        ("find the pod", False),
        ("http_requests_total > 5", False),
    ],
)
def test_code_in_a_sentence_is_a_command_where_it_is_all_of_one(code: str, is_one: bool) -> None:
    assert bool(inline_command(code)) is is_one


def test_the_title_is_the_first_heading_else_the_front_matter_else_the_files_name() -> None:
    steps = "## Steps\n1. Check it\n"
    assert read(f"# Disk is full\n{steps}").title == "Disk is full"
    assert read(f"---\ntitle: 'Disk full'\n---\n{steps}").title == "Disk full"
    assert read(f'+++\ntitle = "Disk full"\n+++\n{steps}').title == "Disk full"
    assert read(steps).title == "disk-full"


def test_context_is_kept_beside_the_checklist() -> None:
    found = read("""
        # Disk is full
        ## Meaning
        The disk is more than 90 % full. Check [the dashboard](https://grafana.example/d/1).
        ## Mitigation
        Remove old logs.
    """)
    assert [step.title for step in found.steps] == ["Remove old logs"]
    assert [note.phase for note in found.notes] == ["Meaning"]
    assert "https://grafana.example/d/1" in found.notes[0].text
    assert [link.url for link in found.links] == ["https://grafana.example/d/1"]


def test_a_box_is_a_step_wherever_it_stands() -> None:
    text = "# X\n## Background\n- [x] Told the team\n- [ ] Opened a ticket\n\n> - [ ] Called the bridge\n"
    assert titles(text) == ["Told the team", "Opened a ticket", "Called the bridge"]


def test_a_checklist_shown_as_code_to_be_copied_is_one() -> None:
    assert titles("# X\nCopy this:\n\n```\n1. [ ] Drain the node\n1. [ ] Upgrade it\n```\n") == [
        "Drain the node",
        "Upgrade it",
    ]


def test_lists_are_decided_as_a_whole() -> None:
    assert titles("# X\n## Diagnosis\n- Check the disk\n- Look at the logs\n- The metric `up`\n") == [
        "Check the disk",
        "Look at the logs",
        "The metric up",
    ]
    assert titles(
        "# X\n## Diagnosis\nCheck one of these causes:\n- a full disk\n- a lost link\n- Restart loops\n"
    ) == ["Check one of these causes"]


@pytest.mark.parametrize(
    "items",
    [
        "0. Check the disk\n1. Check the logs\n",
        "1. [Disk](https://a.example)\n2. [Logs](https://b.example)\n",
        "- disk - where data is kept\n- logs - what happened\n",
    ],
)
def test_counts_from_zero_lists_of_links_and_of_terms_are_no_steps(items: str) -> None:
    assert not [step for step in read(f"# X\n## Steps\n{items}").steps if step.confidence is Confidence.HIGH]


def test_a_sentence_before_a_list_of_things_is_the_step_and_they_are_its_detail() -> None:
    (step,) = read("# X\n## Diagnosis\nLook at these dashboards:\n- latency\n- errors\n").steps
    assert step.title == "Look at these dashboards"
    assert "- latency\n- errors" in step.detail


def test_steps_below_steps_go_two_levels_deep() -> None:
    found = read("""
        # X
        ## Steps
        1. Fail over
           1. Stop the writers
              1. Scale them down
                 1. Wait for the last one
           2. Promote the replica
    """)
    assert [(step.depth, step.title) for step in found.steps] == [
        (0, "Fail over"),
        (1, "Stop the writers"),
        (2, "Scale them down"),
        (1, "Promote the replica"),
    ]
    assert "Wait for the last one" in found.steps[2].detail


def test_what_belongs_to_an_if_is_below_it() -> None:
    found = read("""
        # X
        ## Mitigation
        1. If the node is unreachable:
           - Check the switch
           - Replace the cable
    """)
    assert [(step.depth, step.title) for step in found.steps] == [
        (0, "If the node is unreachable"),
        (1, "Check the switch"),
        (1, "Replace the cable"),
    ]


def test_output_is_told_apart_and_kept_as_detail() -> None:
    found = read("""
        # X
        ## Diagnosis
        Check the replicas:

        ```console
        $ kubectl get rs
        NAME   DESIRED
        api    3
        ```

        The output should look like this:

        ```
        kubectl get rs shows 3
        ```
    """)
    (step,) = found.steps
    assert step.command == "kubectl get rs"
    assert step.language == "console"
    assert "DESIRED" in step.detail
    assert "shows 3" in step.detail


def test_a_heading_that_asks_is_the_step_where_nothing_below_it_is_one() -> None:
    found = read(
        "# X\n## Step 1: Tell the team\nThey are in #ops.\n## Restart the broker\n```sh\nmake restart\n```\n"
    )
    assert [(step.phase, step.title, step.command) for step in found.steps] == [
        ("", "Tell the team", ""),
        ("", "Restart the broker", "make restart"),
    ]
    assert "#ops" in found.steps[0].detail


def test_what_is_found_only_by_looking_again_is_marked() -> None:
    found = read(
        "# Broker\n## Lost quorum\nSomebody has to promote a replica. Ask in #kafka who does it.\n" * 2
    )
    assert found.kind is RunbookClass.CHECKLIST
    assert {step.confidence for step in found.steps} == {Confidence.LOW}


@pytest.mark.parametrize(
    ("text", "redirect"),
    [
        ("# Pager\nSee [the handbook](https://h.example).\n", "https://h.example"),
        (
            "# Pager\nThis page has moved to [its new place](pager.md), please update your links.\n",
            "pager.md",
        ),
        ("# Pager\nTBD\n", ""),
        ("", ""),
    ],
)
def test_stubs_have_no_checklist_and_keep_where_they_point(text: str, redirect: str) -> None:
    found = read(text)
    assert found.kind is RunbookClass.STUB
    assert not found.steps
    assert found.redirect == redirect


def test_one_heading_of_a_file_can_be_meant() -> None:
    text = (
        '# Alerts\n## Alert Name: "KubeAPIDown"\n- Check the API servers\n'
        "## Disk full {#disk}\n### Action\n- Remove logs\n## Disk full\n- Call storage\n"
    )
    assert [step.title for step in read(text, "KubeAPIDown").steps] == ["Check the API servers"]
    found = read(text, "#disk")
    assert (found.title, found.fragment) == ("Disk full", "#disk")
    assert [(step.phase, step.title) for step in found.steps] == [("Action", "Remove logs")]
    assert [step.title for step in read(text, "disk-full-1").steps] == ["Call storage"]
    with pytest.raises(NoSuchSection) as caught:
        read(text, "cpu")
    assert "disk" in caught.value.headings


def test_a_step_is_known_again_when_its_detail_changes() -> None:
    before = read("# X\n## Steps\n1. Check the disk.\n2. Call storage\n").steps
    after = read(
        "# X\n## Steps\n1. Check the disk:\n\n   ```sh\n   df -h\n   ```\n2. Call the storage team\n"
    ).steps
    assert before[0].key == after[0].key
    assert before[1].key != after[1].key


def test_the_words_that_suggest_it_are_its_names() -> None:
    assert read("# Disk\n1. Check\n", name="runbooks/KubeJobFailed.md").words[:2] == (
        "kubejobfailed",
        "kube job failed",
    )
    assert "readme" not in read("# Disk is full\n1. Check\n", name="README.md").words
