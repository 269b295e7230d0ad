"""Commands that take something away are marked; those that only look are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.destructive import dangers


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("kubectl delete pod checkout-7f", ("delete",)),
        ("sudo /bin/rm -rf /var/tmp/x", ("rm",)),
        ("kubectl drain node-3 --ignore-daemonsets", ("drain",)),
        ("psql -c 'DROP TABLE orders'", ("drop",)),
        ('mysql -e "truncate table sessions"', ("truncate",)),
        ("systemctl restart nginx && systemctl stop cron", ("restart", "stop")),
        ("kill -9 4711", ("kill",)),
        ("kubectl scale deploy/checkout --replicas=0", ("scale to 0",)),
        ("docker service scale web=0", ("scale to 0",)),
        ("kubectl rollout undo deploy/checkout", ("undo",)),
        ("helm rollback checkout 3", ("rollback",)),
        ("git push --force origin main", ("push --force",)),
        ("git push origin main -f", ("push --force",)),
        ("curl -XDELETE localhost:9200/logs", ("DELETE",)),
        ("curl -X POST https://api.example/v1/restart/payments", ("restart",)),
        ("aws ec2 terminate-instances --instance-ids i-1", ("terminate-instances",)),
        ("redis-cli FLUSHALL", ("flushall",)),
        ("find /tmp -name x -delete", ("delete",)),
        ("Stop-Service spooler", ("stop-service",)),
        ("ls | xargs rm", ("rm",)),
        ("echo 'DROP TABLE x' | psql", ("drop",)),
        ("update orders set state = 1", ("update … set",)),
        ("mkfs.ext4 /dev/sdb1", ("mkfs.ext4",)),
    ],
)
def test_what_takes_something_away(command: str, words: tuple[str, ...]) -> None:
    assert dangers(command) == words


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get pods -A | grep -i restart",
        "curl -s http://127.0.0.1:8080/healthz",
        "grep delete access.log",
        "docker run --rm alpine uptime",
        "kubectl run x --restart=Never --image busybox",
        "kubectl scale deploy/checkout --replicas=10",
        "git push origin main",
        "systemctl status nginx # then restart it",
        "top -b -n 1",
        "",
    ],
)
def test_what_only_looks(command: str) -> None:
    assert dangers(command) == ()


@given(st.text(max_size=300), st.sampled_from(["rm -rf /x", "kubectl delete ns shop", "systemctl stop x"]))
def test_what_is_marked_stays_marked_whatever_comes_after(text: str, command: str) -> None:
    assert dangers(f"{command}\n{text}")
