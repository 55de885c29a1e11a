"""The process that touches people's ids: `python -m shuce.engines.fusion.worker`.

One parcel comes in, one goes out, and it ends. It can be killed at any moment. What the engine says
when it fails never leaves, since it may quote a value.
"""

import os
import resource
import sys
from pathlib import Path
from typing import Any

import duckdb

from shuce.engines.fusion import counting, holding
from shuce.engines.fusion.parcels import Parcel
from shuce.engines.fusion.reading import read_side
from shuce.engines.fusion.shapes import (
    Dishonest,
    Measure,
    Requirements,
    Side,
    TooLarge,
    TooSmall,
)


def work(asked: Parcel) -> Parcel:
    """Do one heavy step; return its state and what goes to the other side."""
    state: dict[str, Any] = {}
    try:
        match asked.head["do"]:
            case "terms":
                made = holding.terms(_side(asked))
            case "request":
                state, made = counting.request(_side(asked), _arrived(asked), _secret(asked))
            case "respond":
                state, made = holding.respond(_side(asked), _arrived(asked), _secret(asked))
            case "count":
                state, made = counting.count(asked.head["state"], _arrived(asked))
            case "reveal":
                state, made = holding.reveal(asked.head["state"], _arrived(asked))
            case unknown:
                raise AssertionError(unknown)
    except Dishonest:
        return Parcel({"fault": "dishonest"})
    except TooSmall:
        return Parcel({"fault": "small"})
    except (TooLarge, MemoryError):
        return Parcel({"fault": "large"})
    except (duckdb.Error, OverflowError):
        return Parcel({"fault": "engine"})
    return Parcel({"state": state}, (made.as_bytes(),))


def _side(asked: Parcel) -> Side:
    spec = asked.head["side"]
    return read_side(
        Path(spec["file"]),
        key=spec["key"],
        groups=spec["groups"],
        measures=[Measure.from_json(one) for one in spec["measures"]],
        row_filter=spec["row_filter"],
        demands=Requirements.from_json(spec["demands"]),
        memory_mb=spec["memory_mb"],
        threads=spec["threads"],
    )


def _arrived(asked: Parcel) -> Parcel:
    return Parcel.from_bytes(asked.blobs[0])


def _secret(asked: Parcel) -> bytes:
    return bytes.fromhex(asked.head["secret"])


def serve() -> None:
    """Do the step that comes in and end."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out.write(work(Parcel.from_bytes(sys.stdin.buffer.read())).as_bytes())
    out.close()


if __name__ == "__main__":
    serve()
