"""One byte sequence for one meaning: the canonical JSON that a leaf is the hash of."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

# An entry bundle of C2SP tlog-tiles gives each entry's length in two bytes.
MOST_BODY_BYTES = 0xFFFF

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def canonical(body: Mapping[str, JSON]) -> bytes:
    """Return `body` as UTF-8 JSON with sorted keys and no white space.

    Equal to RFC 8785 for what is allowed here (keys within the basic multilingual plane, whole
    numbers to 2^53). TypeError for a float, a key that is no text or a value that is no JSON;
    ValueError for text that is not Unicode or a body over `MOST_BODY_BYTES`.
    """
    plain = _plain(body, "body")
    data = _encode(plain).encode()
    if len(data) > MOST_BODY_BYTES:
        raise ValueError(f"a body has at most {MOST_BODY_BYTES} bytes, this one {len(data)}")
    return data


def _plain(value: object, place: str) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        plain = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{place} has a key that is no text: {key!r}")
            plain[key] = _plain(item, f"{place}.{key}")
        return plain
    if isinstance(value, list | tuple):
        return [_plain(item, f"{place}[{at}]") for at, item in enumerate(value)]
    # A float has no one way to be written; amounts are whole fen, ratios are text.
    raise TypeError(f"{place} is a {type(value).__name__}, which has no canonical form")
