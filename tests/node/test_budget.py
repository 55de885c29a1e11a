"""Budgets hold against fifty at once and against a crash at any step."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from shuce.node import Node, Receipt
from tests.node.worlds import NOW, job

_CRASHING = """
import os, sys
from pathlib import Path
from shuce.engines.guard import session
from shuce.node import Node, node as module
from tests.node.worlds import NOW, job

home, step = Path(sys.argv[1]), sys.argv[2]
die = lambda *_, **__: os._exit(9)
if step == "before the question is judged":
    session.read_question = die
elif step == "before the data is read":
    session.Session._noisy = die
elif step == "after the data is read":
    session._errors = die
elif step == "before it is spent on disk":
    module.json.dumps = die
elif step == "after it is spent on disk":
    assert module.Node.state_of
    module.Node.state_of = lambda self, number: die()
elif step == "before the receipt":
    module.make_receipt = die
receipt = Node(home).answer(job(sys.argv[3], grant="G2"), now=NOW)
print(receipt.rows)
"""
STEPS = [
    "before the question is judged",
    "before the data is read",
    "after the data is read",
    "before it is spent on disk",
    "after it is spent on disk",
    "before the receipt",
]


def question(age: int) -> str:
    return f"SELECT count(*) FROM persons WHERE age > {age}"


@pytest.fixture
def noisy(here: Node, policy: dict[str, Any]) -> Node:
    rules = {**policy, "privacy": {**policy["privacy"], "mode": "dp"}}
    here.accept_grant("G2", rules, {"persons": ("S1", "persons")})
    return here


@pytest.mark.clause("G-8")
def test_fifty_at_once_do_not_overspend(noisy: Node) -> None:
    receipts: list[Receipt] = []

    def ask(age: int) -> None:
        receipts.append(noisy.answer(job(question(age), grant="G2"), now=NOW))

    threads = [threading.Thread(target=ask, args=(20 + i % 45,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 50
    assert sum(receipt.epsilon for receipt in receipts) == pytest.approx(1.0)
    assert noisy.budget_of("G2") == (1.0, 1.0)
    # Two questions were paid for; whoever asked these again got the same, for nothing.
    assert len({receipt.rows for receipt in receipts if receipt.verdict == "released"}) <= 2


_TEN = """
import sys, threading
from pathlib import Path
from shuce.node import Node
from tests.node.worlds import NOW, job

node, first, spent = Node(Path(sys.argv[1])), int(sys.argv[2]), []

def ask(age):
    sql = f"SELECT count(*) FROM persons WHERE age > {age}"
    spent.append(node.answer(job(sql, grant="G2"), now=NOW).epsilon)

threads = [threading.Thread(target=ask, args=(first + i,)) for i in range(10)]
print("ready", flush=True)
sys.stdin.readline()
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(spent))
node.close()
"""


@pytest.mark.clause("G-8")
def test_fifty_at_once_from_five_processes_do_not_overspend(noisy: Node, tmp_path: Path) -> None:
    noisy.close()
    here = Path(__file__).resolve().parents[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _TEN, str(tmp_path / "node"), str(20 + 10 * place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=here,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{here / 'src'}:{here}"},
        )
        for place in range(5)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0] for process in started]
    assert sum(map(float, told)) == pytest.approx(1.0)
    assert noisy.budget_of("G2") == (1.0, 1.0)
    log = noisy.jobs("G2")
    assert len(log) == 50
    assert sum(each["epsilon"] > 0 for each in log) == 2


@pytest.mark.clause("G-8")
def test_a_crash_at_any_step_gives_nothing_twice_for_free(noisy: Node, tmp_path: Path) -> None:
    noisy.close()
    here = Path(__file__).resolve().parents[2]
    started = [
        (
            step,
            subprocess.Popen(
                [sys.executable, "-c", _CRASHING, str(tmp_path / "node"), step, question(20)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=here,
                env={**os.environ, "PYTHONPATH": f"{here / 'src'}:{here}"},
            ),
        )
        for step in STEPS
    ]
    for step, process in started:
        shown, _ = process.communicate(timeout=60)
        assert (process.returncode, shown) == (9, b""), step
    spent, total = noisy.budget_of("G2")
    # Whoever crashed after spending wasted one question's worth; the others asked the same again.
    assert spent == pytest.approx(0.5)
    # The rest is there, and no more than the rest.
    again = noisy.answer(job(question(20), grant="G2"), now=NOW)
    assert (again.verdict, again.epsilon) == ("released", 0.0)
    assert noisy.answer(job(question(30), grant="G2"), now=NOW).verdict == "released"
    assert noisy.answer(job(question(40), grant="G2"), now=NOW).rule == "BUDGET"
    assert noisy.budget_of("G2")[0] == pytest.approx(total)
