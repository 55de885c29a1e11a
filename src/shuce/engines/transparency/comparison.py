"""Which entry is not the one that was signed: two rows of hashes laid side by side."""

from collections import defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from shuce.engines.transparency.hashing import HASH_BYTES


@dataclass(frozen=True)
class Stray:
    """An entry that is not what was signed at its place. `place` is where it stands now."""

    place: int
    leaf: bytes
    body: bytes


@dataclass
class Comparison:
    """What agrees, and what does not, over all bundles laid against the signed leaves so far."""

    proved: int = 0
    lost: dict[int, bytes] = field(default_factory=dict)
    strays: list[Stray] = field(default_factory=list)
    _pairs: dict[int, int] = field(default_factory=dict)

    def lay(self, start: int, signed: bytes, leaves: bytes, bodies: list[bytes]) -> None:
        """Compare a bundle's `leaves` with those `signed` from index `start` on."""
        if signed == leaves:
            self.proved += len(bodies)
            return
        was = _split(signed)
        now = _split(leaves)
        matcher = SequenceMatcher(None, was, now, autojunk=False)
        for kind, was_from, was_to, now_from, now_to in matcher.get_opcodes():
            if kind == "equal":
                self.proved += was_to - was_from
                continue
            for at in range(was_from, was_to):
                self.lost[start + at] = was[at]
            for at in range(now_from, now_to):
                paired = was_from + at - now_from
                if paired < was_to:
                    self._pairs[len(self.strays)] = start + paired
                self.strays.append(Stray(start + at, now[at], bodies[at]))

    def settle(
        self,
    ) -> tuple[list[tuple[int, Stray]], list[tuple[int, Stray]], list[Stray], list[int]]:
        """Return what was moved (from where), altered (which), inserted, and what is missing."""
        places: dict[bytes, list[int]] = defaultdict(list)
        for index in sorted(self.lost, reverse=True):
            places[self.lost[index]].append(index)
        moved, rest = [], []
        for number, stray in enumerate(self.strays):
            if known := places.get(stray.leaf):
                moved.append((known.pop(), stray))
            else:
                rest.append((number, stray))
        missing = dict.fromkeys(sorted(set(self.lost) - {index for index, _ in moved}))
        altered, inserted = [], []
        for number, stray in rest:
            pair = self._pairs.get(number)
            if pair is not None and pair in missing:
                del missing[pair]
                altered.append((pair, stray))
            else:
                inserted.append(stray)
        return moved, altered, inserted, list(missing)


def _split(row: bytes) -> list[bytes]:
    return [row[at : at + HASH_BYTES] for at in range(0, len(row), HASH_BYTES)]
