"""Where files of exports lie until their time is over: in the home, for the register alone."""

import os
from collections.abc import Iterator
from io import BufferedRandom
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    place = Path(settings.HOME) / "files" / "exports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def file_of(export_id: str) -> Path:
    return folder() / f"{export_id}.file"


def fresh(export_id: str) -> BufferedRandom:
    """Open the file of an export to be written from its start, readable by its owner only."""
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    return os.fdopen(os.open(file_of(export_id), flags, 0o600), "w+b")


def all_files() -> Iterator[Path]:
    return folder().glob("*.file")
