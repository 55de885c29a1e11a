"""A copy of the whole home goes back as it was, or not at all."""

import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuce.web import backup
from tests.make import uscc

# What would lead another process to the register of these tests.
ELSEWHERE = ("SHUCE_DATABASE", "DJANGO_SETTINGS_MODULE")
FILES = {"node/node.key": b"k" * 32, "files/a.pdf": b"%PDF \0\xff", "evidence/log": b""}


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    monkeypatch.delenv("SHUCE_DATABASE", raising=False)


@pytest.fixture
def lived_in(tmp_path):
    """Make a home whose register is being written to, as when people work."""
    here = tmp_path / "home"
    for name, body in {**FILES, "static/x.css": b"x", "node/locks/1": b""}.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(body)
    for name in ("register.sqlite3", "node/node.sqlite"):
        with closing(sqlite3.connect(here / name)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("CREATE TABLE card (number TEXT)")
            made.execute("INSERT INTO card VALUES ('kept')")
            made.commit()
    with closing(sqlite3.connect(here / "register.sqlite3")) as writer:
        writer.execute("INSERT INTO card VALUES ('committed, not yet in the main file')")
        writer.commit()
        writer.execute("INSERT INTO card VALUES ('not committed')")
        yield here


def made(home, tmp_path):
    file = tmp_path / "copy.zip"
    assert backup.back_up(home, file, io.StringIO()) == 0
    return file


def test_everything_committed_comes_back_and_nothing_else(lived_in, tmp_path):
    file = made(lived_in, tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    back = tmp_path / "there" / "back"
    assert backup.restore(file, back, io.StringIO()) == 0
    found = {p.relative_to(back).as_posix() for p in back.rglob("*") if p.is_file()}
    assert found == {*FILES, "register.sqlite3", "node/node.sqlite"}
    assert {name: (back / name).read_bytes() for name in FILES} == FILES
    with closing(sqlite3.connect(back / "register.sqlite3")) as register:
        assert register.execute("SELECT number FROM card").fetchall() == [
            ("kept",),
            ("committed, not yet in the main file",),
        ]
    assert (back / "node/node.key").stat().st_mode & 0o077 == 0


def test_the_node_is_copied_after_the_register(lived_in, tmp_path):
    with ZipFile(made(lived_in, tmp_path)) as copy:
        names = copy.namelist()
    assert names[0] == backup.REGISTER
    assert names[-3:] == ["node/node.key", "node/node.sqlite", backup.MANIFEST]


def rewritten(file, change):
    """Write the copy anew with some of its files changed."""
    with ZipFile(file) as copy:
        bodies = {name: copy.read(name) for name in copy.namelist()}
    change(bodies)
    with ZipFile(file, "w") as copy:
        for name, body in bodies.items():
            copy.writestr(name, body)


def alter(bodies):
    bodies["files/a.pdf"] = b"%PDF \0\xfe"


def lose(bodies):
    del bodies["node/node.key"]


def add(bodies):
    bodies["more"] = b""


def climb(bodies):
    manifest = json.loads(bodies[backup.MANIFEST])
    manifest["files"][1]["path"] = "../outside"
    bodies["../outside"] = bodies.pop("evidence/log")
    bodies[backup.MANIFEST] = json.dumps(manifest).encode()


def forget(bodies):
    del bodies[backup.MANIFEST]


def empty(bodies):
    bodies[backup.MANIFEST] = b"[]"


@pytest.mark.parametrize("change", [alter, lose, add, climb, forget, empty])
def test_a_copy_that_is_not_whole_is_refused_and_leaves_nothing(lived_in, tmp_path, change):
    file = made(lived_in, tmp_path)
    rewritten(file, change)
    said, back = io.StringIO(), tmp_path / "back"
    assert backup.restore(file, back, said) == 1
    assert "备份" in said.getvalue()
    assert {path.name for path in tmp_path.iterdir()} == {"home", "copy.zip"}


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_one_byte_changed_is_refused_or_changes_nothing(lived_in, tmp_path, data):
    file, hurt = tmp_path / "copy.zip", tmp_path / "hurt.zip"
    if not file.exists():
        made(lived_in, tmp_path)
    body = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    hurt.write_bytes(body)
    with tempfile.TemporaryDirectory(dir=tmp_path) as scratch:
        back = Path(scratch) / "back"
        status = backup.restore(hurt, back, io.StringIO())
        if status:
            assert not back.exists()
        else:
            assert {name: (back / name).read_bytes() for name in FILES} == FILES


def test_a_file_that_grows_while_it_is_copied_goes_back_as_it_was_copied(
    lived_in, tmp_path, monkeypatch
):
    """Make the file longer after each piece, as a log that is being written."""
    copied = backup._copied

    def grown(read, write):
        found = copied(read, write)
        if read.name.endswith("a.pdf") and lived_in in Path(read.name).parents:
            (lived_in / "files/a.pdf").write_bytes(b"longer than it was")
        return found

    monkeypatch.setattr(backup, "_copied", grown)
    back = tmp_path / "back"
    assert backup.restore(made(lived_in, tmp_path), back, io.StringIO()) == 0
    assert (back / "files/a.pdf").read_bytes() == FILES["files/a.pdf"]


def test_a_file_that_cannot_be_read_is_told_and_leaves_no_half_a_copy(lived_in, tmp_path):
    (lived_in / "files/broken.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 200)
    said = io.StringIO()
    assert backup.back_up(lived_in, tmp_path / "copy.zip", said) == 1
    assert "没有完成" in said.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_what_is_no_zip_at_all_is_refused(tmp_path):
    (tmp_path / "copy.zip").write_bytes(b"nothing of the kind")
    for name in ("copy.zip", "absent.zip"):
        said = io.StringIO()
        assert backup.restore(tmp_path / name, tmp_path / "back", said) == 1
        assert name in said.getvalue()
    assert not (tmp_path / "back").exists()


def test_nothing_that_is_there_is_overwritten(lived_in, tmp_path):
    file = made(lived_in, tmp_path)
    before = file.read_bytes()
    assert backup.back_up(lived_in, file, io.StringIO()) == 2
    assert backup.restore(file, lived_in, io.StringIO()) == 2
    assert backup.back_up(lived_in, lived_in / "copy.zip", io.StringIO()) == 2
    assert file.read_bytes() == before
    assert (lived_in / "files/a.pdf").read_bytes() == FILES["files/a.pdf"]


def test_a_home_without_a_register_or_with_one_elsewhere_is_not_copied(
    lived_in, tmp_path, monkeypatch
):
    assert backup.back_up(tmp_path / "absent", tmp_path / "copy.zip", io.StringIO()) == 2
    monkeypatch.setenv("SHUCE_DATABASE", "postgresql://root@127.0.0.1/x")
    said = io.StringIO()
    assert backup.back_up(lived_in, tmp_path / "copy.zip", said) == 2
    assert backup.restore(tmp_path / "copy.zip", tmp_path / "back", said) == 2
    assert said.getvalue().count("pg_dump") == 2
    assert not (tmp_path / "copy.zip").exists()


def shuce(home, *words):
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ELSEWHERE},
        "PYTHONPATH": str(Path(backup.__file__).parents[2]),
        "SHUCE_HOME": str(home),
        "SHUCE_PASSWORD_ADMIN": "Founding-2026-admin",
        "SHUCE_PASSWORD_SECURITY": "Founding-2026-security",
    }
    return subprocess.run(
        [sys.executable, "-m", "shuce", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_real_register_goes_through_the_command_line_and_is_proved_again(tmp_path):
    founded = shuce(
        tmp_path / "home", "createsuperuser", "--name", "某市财政局",
        "--uscc", uscc("11", 7, "310000"), "--region", "310000", "--level", "CITY",
    )  # fmt: skip
    assert founded.returncode == 0, founded.stdout + founded.stderr
    kept = shuce(tmp_path / "home", "backup", str(tmp_path / "copy.zip"))
    assert kept.returncode == 0, kept.stdout + kept.stderr
    back = shuce(tmp_path / "back", "restore", str(tmp_path / "copy.zip"))
    assert back.returncode == 0, back.stdout + back.stderr
    assert "未发现改动" in back.stdout
