import random

import pytest

from shuce.engines.transparency import (
    BadNote,
    Checkpoint,
    Ed25519Signer,
    SM2Signer,
    new_key,
    new_sm2_key,
    open_checkpoint,
    open_note,
    sign_checkpoint,
    sm3_line,
    verifier_of,
)

# The example of C2SP signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
CHECKPOINT = Checkpoint("shuce.example/log", 70_000, bytes(range(32)))
KEY = Ed25519Signer("shuce.example/log", b"s" * 32)


@pytest.fixture(scope="module")
def sm2_key():
    return SM2Signer("shuce.example/log", bytes(range(1, 33)))


def test_the_specifications_example_opens_and_an_altered_one_does_not():
    assert open_note(NOTE, [verifier_of(VKEY)]) == "This is an example message.\n"
    with pytest.raises(BadNote):
        open_note(NOTE.replace("example message", "altered message"), [verifier_of(VKEY)])


def test_a_checkpoint_is_written_as_the_specification_says():
    assert CHECKPOINT.text == (
        "shuce.example/log\n70000\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    )
    note = sign_checkpoint(CHECKPOINT, [KEY])
    assert open_checkpoint(note, [KEY.verifier]) == CHECKPOINT


def test_keys_are_written_and_read_back():
    for key in (KEY, new_key("a.example")):
        assert verifier_of(key.vkey) == key.verifier
        assert Ed25519Signer.from_skey(key.skey) == key
        assert key.seed.hex() not in repr(key)
    with pytest.raises(BadNote):
        Ed25519Signer.from_skey(KEY.vkey)


@pytest.mark.parametrize(
    "vkey",
    ["", "a", "a+b", VKEY[:-4], VKEY.replace("530d903a", "530d903b"), VKEY.replace("foo", "fop")],
)
def test_a_malformed_key_is_refused(vkey):
    with pytest.raises(BadNote):
        verifier_of(vkey)


def test_an_sm2_signature_stands_beside_and_both_can_be_asked_for(sm2_key):
    with_sm3 = Checkpoint(CHECKPOINT.origin, 1, CHECKPOINT.root, (sm3_line(bytes(32)),))
    note = sign_checkpoint(with_sm3, [KEY, sm2_key])
    both = [KEY.verifier, verifier_of(sm2_key.vkey)]
    assert open_checkpoint(note, both, needed=2) == with_sm3
    assert with_sm3.sm3_root == bytes(32)
    assert open_checkpoint(note, [KEY.verifier]) == with_sm3
    with pytest.raises(BadNote):
        open_checkpoint(sign_checkpoint(with_sm3, [KEY]), both, needed=2)
    lines = note.split("\n")
    lines[-2] = lines[-2][:-8] + "AAAAAAA="
    with pytest.raises(BadNote):
        open_checkpoint("\n".join(lines), both)


def test_a_point_off_the_curve_is_no_sm2_key(sm2_key):
    public = sm2_key.verifier.public
    with pytest.raises(BadNote):
        type(sm2_key.verifier)("a", public[:-1] + bytes([public[-1] ^ 1]))
    assert new_sm2_key("a").verifier.public != public


def test_unknown_signatures_are_ignored_but_a_known_one_must_hold():
    other = Ed25519Signer("witness.example", b"w" * 32)
    note = sign_checkpoint(CHECKPOINT, [KEY, other])
    assert open_checkpoint(note, [KEY.verifier]) == CHECKPOINT
    with pytest.raises(BadNote):
        open_checkpoint(note, [Ed25519Signer("third.example", b"t" * 32).verifier])
    with pytest.raises(BadNote):
        open_checkpoint(note, [])
    broken = note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:]
    assert open_checkpoint(broken, [KEY.verifier]) == CHECKPOINT
    with pytest.raises(BadNote):
        open_checkpoint(broken, [KEY.verifier, other.verifier])


def test_no_altered_note_is_accepted():
    draw = random.Random(1)
    note = sign_checkpoint(CHECKPOINT, [KEY])
    for _ in range(2000):
        with pytest.raises(BadNote):
            open_checkpoint(altered(note, draw), [KEY.verifier])


@pytest.mark.parametrize("size", ["07", "-1", "1_0", "٣", "", "9" * 20, "1.0"])
def test_a_size_that_is_no_plain_number_is_refused_though_signed(size):
    from shuce.engines.transparency import sign_note

    root = CHECKPOINT.text.split("\n")[2]
    with pytest.raises(BadNote):
        open_checkpoint(sign_note(f"a\n{size}\n{root}\n", [KEY]), [KEY.verifier])


def altered(note: str, draw: random.Random) -> str:
    """Return `note` with one character replaced, removed, added, or two exchanged."""
    at = draw.randrange(len(note))
    char = chr(draw.choice([draw.randrange(128), draw.randrange(0x20, 0xD7FF)]))
    way = draw.randrange(4)
    if way == 0:
        fresh = note[:at] + char + note[at + 1 :]
    elif way == 1:
        fresh = note[:at] + note[at + 1 :]
    elif way == 2:
        fresh = note[:at] + char + note[at:]
    else:
        to = draw.randrange(len(note))
        chars = list(note)
        chars[at], chars[to] = chars[to], chars[at]
        fresh = "".join(chars)
    return fresh if fresh != note else note[:-1]
