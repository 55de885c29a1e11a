"""The rules of the house, held by reading the house."""

import inspect
import re
from pathlib import Path

import pytest

from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Matter
from shuce.foundation.evidence.recording import EVENTS
from shuce.web import generated

SOURCE = generated.ROOT / "src" / "shuce"
FLOORS = ("foundation", "lifecycle", "supervision")
MOST_LINES = 400
_EVENTS = generated.known_events()
_ROOMS = [
    folder
    for floor in FLOORS
    for folder in sorted((SOURCE / floor).iterdir())
    if (folder / "__init__.py").exists()
]
_ENGINES = sorted(
    folder.name for folder in (SOURCE / "engines").iterdir() if (folder / "__init__.py").exists()
)


@pytest.mark.parametrize("event", _EVENTS, ids=lambda event: event.kind)
def test_every_event_tells_an_auditor_what_happened(event):
    assert re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", event.kind)
    room = event.__module__.split(".")[2]
    assert event.kind.split(".")[0] == room
    told = inspect.getdoc(event) or ""
    assert event.__doc__ is not None
    assert told.endswith("."), told
    assert re.search(r"[一-鿿]", event.label)
    assert EVENTS[event.kind] is event


@pytest.mark.parametrize("matter", list(Matter))
def test_every_matter_has_its_procedure_and_one_conclusion(matter):
    assert (SOURCE / "procedures" / f"{matter.value}.toml").exists()
    conclusion = approvals._conclusions.get(matter)
    assert conclusion is not None, f"nobody concludes {matter}"
    # `concludes` refuses a second one; here we see that nobody went round it.
    named = [
        file
        for file in SOURCE.rglob("*.py")
        if f"@concludes(Matter.{matter.name})" in file.read_text(encoding="utf-8")
    ]
    assert len(named) == 1, named


def test_a_file_holds_one_idea():
    long = {}
    for file in SOURCE.rglob("*.py"):
        place = file.relative_to(SOURCE).as_posix()
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES and "/migrations/" not in place:
            long[place] = lines
    assert not long


@pytest.mark.parametrize("room", _ROOMS, ids=lambda room: room.name)
def test_the_map_shows_every_room(room: Path):
    drawn = (generated.ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    assert f"`{room.parent.name}/{room.name}/`" in drawn


@pytest.mark.parametrize("engine", _ENGINES)
def test_the_map_shows_every_engine(engine: str):
    drawn = (generated.ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    assert f"`engines/{engine}/`" in drawn


@pytest.mark.parametrize("room", _ROOMS, ids=lambda room: room.name)
def test_pages_and_apis_ask_queries_and_tell_commands(room: Path):
    for name in ("pages.py", "api.py"):
        file = room / name
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        for barred in (".objects", ".save(", " record("):
            assert barred not in text, f"{room.name}/{name}: {barred}"
