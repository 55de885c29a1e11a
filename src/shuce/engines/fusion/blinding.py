"""Blinded points: openmined-psi's commutative cipher on P-256, in the two ways a fusion needs it.

`blind` hashes ids to the curve and multiplies by a secret key; `raised` multiplies points that came
from elsewhere. Keys commute, so that ids blinded by both sides in either order are the same points.
A point says nothing of its id to who lacks the key (decisional Diffie-Hellman).
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

import private_set_intersection.python as psi

from shuce.engines.fusion.shapes import POINT_SIZE as SIZE
from shuce.engines.fusion.shapes import Dishonest

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# The library lets go of the interpreter while it counts; smaller portions are not worth a thread.
_PORTION = 2_000
_T = TypeVar("_T")


class Key:
    """A secret multiplier. `bytes` is what is kept of it between two steps."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    @classmethod
    def new(cls) -> "Key":
        return cls(psi.client.CreateWithNewKey(False).GetPrivateKeyBytes().rjust(32, b"\0"))

    @property
    def inverse(self) -> "Key":
        """Return the key that takes this one off again."""
        return Key(pow(int.from_bytes(self.secret, "big"), -1, _ORDER).to_bytes(32, "big"))

    def blind(self, ids: Sequence[str]) -> list[bytes]:
        """Return the blinded points of `ids`, sorted, so that their order tells nothing."""
        return sorted(_in_portions(ids, self._blind))

    def raised(self, points: Sequence[bytes]) -> list[bytes]:
        """Return `points` multiplied by the key, sorted. Dishonest for what is no point."""
        return sorted(_in_portions(points, self._raise))

    # The library's objects must not be shared by threads: each portion makes its own.

    def _blind(self, ids: list[str]) -> Sequence[bytes]:
        blinder = psi.client.CreateFromKey(self.secret, False)
        found: Sequence[bytes] = blinder.CreateRequest(ids).encrypted_elements
        return found

    def _raise(self, points: list[bytes]) -> Sequence[bytes]:
        request = psi.Request()
        request.reveal_intersection = False
        request.encrypted_elements.extend(points)
        try:
            raiser = psi.server.CreateFromKey(self.secret, False)
            found: Sequence[bytes] = raiser.ProcessRequest(request).encrypted_elements
        except RuntimeError:
            raise Dishonest("point") from None
        return found


def joined(points: Sequence[bytes]) -> bytes:
    return b"".join(points)


def parted(blob: bytes, sizes: Sequence[int]) -> list[list[bytes]]:
    """Return the points of a blob in buckets of `sizes`; no point may come twice in a bucket."""
    if len(blob) != SIZE * sum(sizes):
        raise Dishonest("sizes")
    found, at = [], 0
    for size in sizes:
        bucket = [blob[i : i + SIZE] for i in range(at, at + size * SIZE, SIZE)]
        if len(set(bucket)) != size:
            raise Dishonest("repeated")
        found.append(bucket)
        at += size * SIZE
    return found


def _in_portions(values: Sequence[_T], do: Callable[[list[_T]], Sequence[bytes]]) -> list[bytes]:
    if len(values) <= _PORTION:
        return list(do(list(values))) if values else []
    portions = [list(values[i : i + _PORTION]) for i in range(0, len(values), _PORTION)]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        return list(chain.from_iterable(threads.map(do, portions)))
