"""Signed notes: a text and the signatures beneath it, as C2SP signed-note defines them."""

import base64
import binascii
from collections.abc import Sequence
from typing import Protocol

MOST_SIGNATURES = 100
MOST_NOTE_CHARACTERS = 1_000_000

_DASH = "— "


class BadNote(Exception):
    """A note that is malformed, or not signed by the keys it must be signed by."""


class Signer(Protocol):
    """A key that signs notes."""

    @property
    def name(self) -> str: ...
    @property
    def key_id(self) -> bytes: ...
    def sign(self, text: bytes) -> bytes: ...


class Verifier(Protocol):
    """A key that a reader trusts."""

    @property
    def name(self) -> str: ...
    @property
    def key_id(self) -> bytes: ...
    def verify(self, text: bytes, signature: bytes) -> bool: ...


def sign_note(text: str, signers: Sequence[Signer]) -> str:
    """Return `text`, which ends in a newline, with one signature line for each signer."""
    if not signers:
        raise ValueError("a note has at least one signature")
    if not text.endswith("\n") or not _is_plain(text):
        raise ValueError("a note's text ends in a newline and has no control characters")
    data = text.encode()
    lines = [
        f"{_DASH}{signer.name} {base64.b64encode(signer.key_id + signer.sign(data)).decode()}\n"
        for signer in signers
    ]
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, verifiers: Sequence[Verifier], *, needed: int = 1) -> str:
    """Return the text of `note` if at least `needed` of the known keys signed it.

    Signatures by unknown keys are ignored. Raises `BadNote` when a known key's signature is
    wrong, even if another's is right.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    if len(known) != len(verifiers):
        raise BadNote("two of the keys have one name and one id")
    if needed < 1:
        raise ValueError("a note nobody must have signed says nothing")
    text, signatures = split_note(note)
    data = text.encode()
    signed = set()
    for name, key_id, signature in signatures:
        key = name, key_id
        if key not in known:
            continue
        if not known[key].verify(data, signature):
            raise BadNote(f"the signature of {name} is wrong")
        signed.add(key)
    if len(signed) < needed:
        raise BadNote(f"signed by {len(signed)} of the known keys, {needed} needed")
    return text


def split_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return the text and its (name, key id, signature) lines, none of them checked."""
    if len(note) > MOST_NOTE_CHARACTERS or not _is_plain(note):
        raise BadNote("the note is too long or has characters no note may have")
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not text or not lines.endswith("\n"):
        raise BadNote("the note has no signatures")
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise BadNote(f"the note has more than {MOST_SIGNATURES} signatures")
    return text + "\n", signatures


def is_key_name(name: str) -> bool:
    """Say whether a key may be called `name`: not empty, no white space, no plus."""
    return bool(name) and "+" not in name and _is_plain(name) and not any(map(str.isspace, name))


def decode_base64(text: str) -> bytes:
    """Return the bytes of `text` if it is their one canonical base64. Raises BadNote if not."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("no base64") from error
    # Spare bits at the end would give one signature several spellings.
    if base64.b64encode(data).decode() != text:
        raise BadNote("no canonical base64")
    return data


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise BadNote("a signature line is malformed")
    data = decode_base64(encoded)
    if len(data) < 5:
        raise BadNote("a signature is too short")
    return name, data[:4], data[4:]


def _is_plain(text: str) -> bool:
    """Say whether `text` is Unicode without control characters other than newline."""
    return not any((char < " " and char != "\n") or "\ud800" <= char <= "\udfff" for char in text)
