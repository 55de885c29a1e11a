"""What is destroyed is gone from every byte that can be read, and the proof says so."""

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from shuce.engines.erasure import CannotErase, Level, Medium, Method, Target, erase
from shuce.engines.erasure.proof import count_found


def test_a_file_is_overwritten_looked_through_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "persons.csv"
    content = "\n".join(f"{i},张三{i},{secrets.token_hex(4)}" for i in range(5000)).encode()
    file.write_bytes(content)
    heard: list[str] = []
    proof = erase(Target(file), Medium.HDD, Method.OVERWRITE, heard.append)
    assert not file.exists()
    assert list(tmp_path.iterdir()) == []
    assert proof.holds
    assert proof.samples > 20
    assert proof.level == Level.CLEAR
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(content)
    assert proof.before.sm3 == sm3.finalize().hex()
    assert proof.after.size == proof.before.size
    assert heard == [step.what for step in proof.steps]


def test_the_proof_says_what_overwriting_cannot_promise_on_flash(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(secrets.token_bytes(1000))
    proof = erase(Target(file), Medium.SSD, Method.OVERWRITE)
    assert "磨损均衡" in proof.limits
    assert proof.as_json()["holds"] is True


def test_destroying_the_key_leaves_a_ciphertext_that_nothing_opens(tmp_path: Path) -> None:
    cipher, key = tmp_path / "data.enc", tmp_path / "data.key"
    cipher.write_bytes(secrets.token_bytes(100))
    key.write_bytes(secrets.token_bytes(32))
    proof = erase(Target(cipher, key=key), Medium.OBJECT, Method.CRYPTO_ERASE)
    assert cipher.exists()
    assert not key.exists()
    assert proof.level == Level.PURGE
    assert proof.holds


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_table_leaves_no_byte_in_its_database_and_the_others_stay(
    tmp_path: Path, journal: str
) -> None:
    file = tmp_path / "office.db"
    with closing(sqlite3.connect(file)) as engine:
        engine.execute(f"PRAGMA journal_mode = {journal}")
        engine.execute("CREATE TABLE persons (name TEXT, phone TEXT)")
        engine.execute("CREATE TABLE kept (phone TEXT)")
        people = [(f"姓名{i:05}", f"138{i:08}") for i in range(2000)]
        engine.executemany("INSERT INTO persons VALUES (?, ?)", people)
        engine.execute("INSERT INTO kept VALUES ('13800000003')")
        engine.commit()
    proof = erase(Target(file, "persons"), Medium.SSD, Method.DROP_TABLE)
    assert proof.holds
    assert proof.samples == 64 * 2 - 1  # all but the number that the other table holds too
    everywhere = tuple(f"姓名{i:05}".encode() for i in range(2000))
    assert count_found(everywhere, *tmp_path.iterdir()) == 0
    with closing(sqlite3.connect(file)) as engine:
        assert engine.execute("SELECT * FROM kept").fetchall() == [("13800000003",)]


def test_a_value_across_two_blocks_is_found(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"\0" * ((1 << 20) - 3) + b"secret" + b"\0" * 10)
    assert count_found((b"secret", b"absent"), file) == 1


@pytest.mark.parametrize(
    ("medium", "method"),
    [(Medium.OBJECT, Method.OVERWRITE), (Medium.DATABASE, Method.OVERWRITE)],
)
def test_a_method_that_does_not_suit_destroys_nothing(
    tmp_path: Path, medium: Medium, method: Method
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    with pytest.raises(CannotErase):
        erase(Target(file), medium, method)
    assert file.read_bytes() == b"content"


def test_links_and_second_names_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"content")
    (tmp_path / "soft").symlink_to(file)
    with pytest.raises(CannotErase):
        erase(Target(tmp_path / "soft"), Medium.HDD, Method.OVERWRITE)
    (tmp_path / "hard").hardlink_to(file)
    with pytest.raises(CannotErase):
        erase(Target(file), Medium.HDD, Method.OVERWRITE)
    with pytest.raises(CannotErase):
        erase(Target(tmp_path / "gone"), Medium.HDD, Method.OVERWRITE)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "office.db"
    with closing(sqlite3.connect(file)) as engine:
        engine.execute("CREATE TABLE t (x)")
    with pytest.raises(CannotErase):
        erase(Target(file, "persons"), Medium.SSD, Method.DROP_TABLE)
