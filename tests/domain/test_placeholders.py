"""What a command leaves open: found in what teams write, filled in so that nothing else changes."""

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.domain.placeholders import Blank, blanks, fill

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1)
VALUES = PRINTABLE.filter(str.isprintable)


def names(command: str, *known: str) -> list[str]:
    return [blank.name for blank in blanks(command, known)]


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("kubectl describe pod $POD -n ${NAMESPACE}", ["POD", "NAMESPACE"]),
        ("kubectl logs <pod> -n <NAMESPACE> --previous | grep <pod>", ["pod", "NAMESPACE"]),
        ("oc debug node/<node-name> -- chroot /host", ["node-name"]),
        ("kubectl get pod <value of instance label from alert>", ["value of instance label from alert"]),
        ("curl -s http://<host>:9200/_cat/shards", ["host"]),
        ("kubectl cp <namespace>/<pod>:/tmp/heap .", ["namespace", "pod"]),
        ("ssh {{ host }} uptime; ssh {{host}} df", ["host"]),
        ("kubectl -n {{ $labels.namespace }} get pods", ["namespace"]),
        ("psql -c \"select * from orders where id = '<order id>'\"", ["order id"]),
        ("systemctl restart <a|b>", ["a|b"]),
        ('echo "$POD in $NAMESPACE"', ["POD", "NAMESPACE"]),
        ("echo ${POD%%-*} $POD", ["POD"]),
        ("sh -c 'echo $POD'", ["POD"]),
    ],
)
def test_what_teams_leave_open(command: str, asked: list[str]) -> None:
    assert names(command) == asked


@pytest.mark.parametrize(
    "command",
    [
        "echo $HOME $? $1 $$ $! $# $@ $* ${#} ${1} $PWD",
        "awk '{print $NF, $name}' log",
        "sort <in>out",
        "cat < in > out",
        "cat <in >out",
        "cmd <in>/dev/null 2>&1",
        "cat <<EOF >file\nhello\nEOF",
        "diff <(ls a) <(ls b)",
        "docker inspect --format '{{.State.Pid}}' x; echo '{{range .Items}}{{end}}'",
        "for pod in a b; do echo $pod; done",
        "POD=$(kubectl get pods -o name | head -1); kubectl describe $POD",
        "export NS=shop && echo $NS",
        "while read -r line rest; do echo $line $rest; done",
        "echo ${REGION:-eu} ${ZONE:?say where}",
        r"echo \$POD \<pod\>",
        "ls # kubectl delete <pod> $POD",
        "echo '<a>text</a>'",
        "[[ $a -lt 3 ]] && a=1",
        "kubectl get pods -o jsonpath='{.items[*].metadata.name}'",
    ],
)
def test_what_is_the_shells_own_is_left_alone(command: str) -> None:
    assert names(command) == []
    assert fill(command, {}).command == command


def test_what_the_operators_shell_has_is_not_asked_for() -> None:
    assert names("aws --profile $AWS_PROFILE s3 ls $BUCKET", "AWS_PROFILE") == ["BUCKET"]


@pytest.mark.parametrize(
    ("command", "values", "runs"),
    [
        ("kubectl delete pod $POD", {"POD": "checkout-7f"}, "kubectl delete pod checkout-7f"),
        ("echo <x>-0", {"x": "a b"}, "echo 'a b'-0"),
        ('echo "<x>!"', {"x": 'a "b" $c `d` \\'}, r'echo "a \"b\" \$c \`d\` \\!"'),
        ("echo '<x>'", {"x": "it's"}, "echo 'it'\"'\"'s'"),
        ("echo {{ x }}", {"x": "; rm -rf /"}, "echo '; rm -rf /'"),
        ("echo ${POD%%-*}", {"POD": "a b-c"}, "export POD='a b-c'\necho ${POD%%-*}"),
        ("cat <<EOF\n$POD\nEOF", {"POD": "$(reboot)"}, "export POD='$(reboot)'\ncat <<EOF\n$POD\nEOF"),
        ("echo `ls <dir>`", {"dir": "/srv"}, "echo `ls /srv`"),
        ('echo "$(ls <dir>)"', {"dir": "a b"}, "echo \"$(ls 'a b')\""),
    ],
)
def test_a_value_is_quoted_for_its_place(command: str, values: dict[str, str], runs: str) -> None:
    assert fill(command, values).command == runs


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "pod is still empty"),
        ({"pod": "a\nb"}, "pod holds characters that cannot be seen"),
        ({"pod": "a\u202eb"}, "pod holds characters that cannot be seen"),
        ({"pod": "x" * 3000}, "pod is longer than 2000 characters"),
        ({"pod": "$(reboot)"}, "pod stands where only letters"),
    ],
)
def test_what_cannot_be_put_in_is_refused_in_a_sentence(values: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says[:20]) as caught:
        fill("echo `ls <pod>`", values)
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("command", "runs", "environ"),
    [
        ("mysql -p$DB_PASSWORD", "mysql -p$DB_PASSWORD", {"DB_PASSWORD": "s3cret"}),
        ("login <api token> x", 'login "${WARROOM_API_TOKEN}" x', {"WARROOM_API_TOKEN": "s3cret"}),
        ("login '<token>'", "login ''\"${WARROOM_TOKEN}\"''", {"WARROOM_TOKEN": "s3cret"}),
    ],
)
def test_a_secret_never_stands_in_the_command(command: str, runs: str, environ: dict[str, str]) -> None:
    (blank,) = blanks(command)
    assert blank == Blank(blank.name, secret=True)
    filled = fill(command, {blank.name: "s3cret"})
    assert (filled.command, filled.environ) == (runs, environ)
    assert "s3cret" not in filled.command


PLACES = [
    "printf %s $X",
    "printf %s ${X}",
    'printf %s "$X"',
    "printf %s <x>",
    'printf %s "<x>"',
    "printf %s '<x>'",
    "printf %s {{x}}",
    "printf %s '{{ x }}'",
    'printf %s "$(printf %s <x>)"',
    'printf %s "${X%%}"',
    'Y=$X; printf %s "$Y"',
    "cat <<EOF | tr -d '\\n'\n$X\nEOF",
    'printf %s "<x token>"',
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
@example("printf %s '<x>'", "' ; echo owned '")
@example('printf %s "$X"', '"; echo owned; "')
@example("printf %s <x>", "$(echo owned) `echo owned` \\")
def test_a_real_shell_gets_exactly_the_value_and_runs_nothing_else(command: str, value: str) -> None:
    filled = fill(command, {"x": value, "X": value, "x token": value})
    environ = {"PATH": "/usr/bin:/bin", **filled.environ}
    done = subprocess.run(["/bin/sh", "-c", filled.command], capture_output=True, env=environ)
    assert done.stdout.decode() == value, filled


@given(st.text(max_size=200))
def test_any_text_is_read_and_what_asks_nothing_stays_as_it_is(command: str) -> None:
    if not blanks(command):
        assert fill(command, {}).command == command
