"""Parcels: what one step hands to the next, as bytes. A head in JSON and blobs of points."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shuce.engines.fusion.shapes import Dishonest


@dataclass(frozen=True)
class Parcel:
    """A head of plain JSON values and any number of blobs."""

    head: Mapping[str, Any]
    blobs: tuple[bytes, ...] = ()

    def as_bytes(self) -> bytes:
        head = json.dumps(self.head, ensure_ascii=False, separators=(",", ":")).encode()
        parts = (head, *self.blobs)
        return b"".join(len(part).to_bytes(8, "big") + part for part in parts)

    @classmethod
    def from_bytes(cls, value: bytes) -> "Parcel":
        parts, at = [], 0
        while at < len(value):
            size = int.from_bytes(value[at : at + 8], "big")
            part = value[at + 8 : at + 8 + size]
            if len(part) != size:
                raise Dishonest("parcel")
            parts.append(part)
            at += 8 + size
        try:
            head = json.loads(parts[0])
        except (IndexError, ValueError):
            raise Dishonest("parcel") from None
        if not isinstance(head, dict):
            raise Dishonest("parcel")
        return cls(head, tuple(parts[1:]))
