"""Go's golang.org/x/mod/sumdb, which knows nothing of us, accepts what we sign and prove."""

import base64
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from shuce.engines.transparency import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    new_sm2_key,
    root_at,
    sign_checkpoint,
)
from shuce.engines.transparency.checkpoints import Checkpoint

SOURCE = Path(__file__).with_name("go") / "main.go"
GOPATH = Path("/usr/share/gocode")


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    """Build the Go program; where Go is absent, skip, but not on the build server."""
    has_go = shutil.which("go") and (GOPATH / "src/golang.org/x/mod/sumdb").is_dir()
    if not has_go and os.environ.get("CI") != "true":
        pytest.skip("needs Debian's golang-go and golang-golang-x-mod-dev")
    program = tmp_path_factory.mktemp("go") / "check"
    subprocess.run(
        ["go", "build", "-o", str(program), str(SOURCE)],
        check=True,
        env=os.environ
        | {
            "GO111MODULE": "off",
            "GOPATH": str(GOPATH),
            "GOCACHE": str(program.parent / "cache"),
            "GOFLAGS": "-p=1",
        },
    )
    return program


@pytest.fixture(scope="module")
def log(new_log):
    return new_log(1, 255, 256, 300, 512, 700)


def text(hash_):
    return base64.b64encode(hash_).decode()


def answers(checker, cases):
    lines = "".join(f"{json.dumps(case)}\n" for case in cases)
    done = subprocess.run([checker, "cases"], input=lines.encode(), stdout=-1, check=True)
    return done.stdout.decode().splitlines()


def case_of(log, draw):
    """Return a true inclusion or consistency proof as a case."""
    size = draw.randrange(2, len(log.bodies) + 1)
    place = draw.randrange(1, size)
    case = {"size": size, "root": text(root_at(log.tiles, size))}
    if draw.random() < 0.5:
        proof = inclusion_proof(log.tiles, place, size)
        leaf = text(leaf_hash(log.bodies[place]))
        return case | {
            "kind": "inclusion",
            "index": place,
            "leaf": leaf,
            "proof": [*map(text, proof)],
        }
    proof = consistency_proof(log.tiles, place, size)
    old = text(root_at(log.tiles, place))
    return case | {"kind": "tree", "old_size": place, "old_root": old, "proof": [*map(text, proof)]}


def altered(case, draw):
    """Return `case` with one hash or number of it changed."""
    fresh = dict(case)
    names = [name for name in ("leaf", "root", "old_root", "proof") if fresh.get(name)]
    name = draw.choice(names)
    other = text(draw.randbytes(32))
    if name == "proof":
        fresh["proof"] = list(case["proof"])
        at = draw.randrange(len(fresh["proof"]))
        way = draw.randrange(3)
        if way == 0:
            fresh["proof"][at] = other
        elif way == 1:
            fresh["proof"].insert(at, other)
        else:
            del fresh["proof"][at]
    else:
        fresh[name] = other
    return fresh


def test_it_accepts_a_whole_export(checker, log, tmp_path):
    path = log.export(tmp_path / "export")
    done = subprocess.run([checker, "export", path, log.key.vkey], stdout=-1, check=False)
    assert (done.returncode, done.stdout) == (0, b"700 entries proved\n")


def test_it_refuses_an_altered_export(checker, log, tmp_path):
    bodies = [*log.bodies[:400], b"{}", *log.bodies[401:]]
    path = log.export(tmp_path / "export", entries=enumerate(bodies))
    done = subprocess.run([checker, "export", path, log.key.vkey], stdout=-1, check=False)
    assert done.returncode == 1
    assert b"entry 400" in done.stdout


def test_it_accepts_our_proofs_and_refuses_altered_ones(checker, log):
    draw = random.Random(2019)
    true = [case_of(log, draw) for _ in range(500)]
    assert set(answers(checker, true)) == {"ok"}
    false = [altered(case, draw) for case in true]
    assert all(answer.startswith("refused") for answer in answers(checker, false))


def test_it_accepts_our_notes_also_with_an_sm2_line_and_refuses_altered_ones(checker, log):
    draw = random.Random(2020)
    root = root_at(log.tiles, 700)
    head = Checkpoint(log.key.name, 700, root)
    both = sign_checkpoint(head, [log.key, new_sm2_key(log.key.name)])
    true = [{"kind": "note", "note": note, "vkey": log.key.vkey} for note in [*log.notes, both]]
    assert set(answers(checker, true)) == {"ok"}
    note = log.notes[-1]
    text_length = note.index("\n\n") + 1
    false = []
    for _ in range(300):
        at = draw.randrange(text_length)
        fresh = note[:at] + draw.choice("abc019+/=\n ") + note[at + 1 :]
        if fresh != note:
            false.append({"kind": "note", "note": fresh, "vkey": log.key.vkey})
    assert all(answer.startswith("refused") for answer in answers(checker, false))
