"""The rules of the house, held by reading the house."""

import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Matter
from shuce.foundation.evidence.recording import EVENTS
from shuce.foundation.organizations.models import Organization
from shuce.foundation.succession.heritage import all_estates
from shuce.web import generated

SOURCE = generated.ROOT / "src" / "shuce"
FLOORS = ("foundation", "lifecycle", "supervision")
MOST_LINES = 400
# What stays with the former body, and why.
_STAYS = {
    "revenue.OutsideRecord.organization": "what was learned of a body's deals tells of that body",
    "organizations.Organization.parent": "its place; closing moves it below the heir",
    "organizations.Organization.successor": "says who the heir is",
    "organizations.Post.organization": "ended, and held again at the heir by those who go over",
    "organizations.Duty.organization": "copied where the heir's list has holes",
    "jobs.Job.organization": "work that was done or runs already",
    "directory.AssetSchedule.organization": "a dated statement stays with the body that made it",
    "succession.Succession.place": "history of the succession itself",
    "succession.Part.organization": "history of the succession itself",
    "succession.Passing.former": "history of the succession itself",
    "succession.Passing.heir": "history of the succession itself",
    "register.NumberPattern.organization": "how the former body numbered; the heir has its own",
    "register.Intake.holder": "a file that was read in; the cards themselves pass",
    "register.Batch.holder": "a batch of cards that were entered; the cards themselves pass",
    "cleanroom.Delivery.receiver": "who was given a file; the watermark goes on naming them",
    "market.SealedBid.bidder": "a bid is its bidder's; an auction is decided as it was sealed",
    "reporting.Report.organization": "a report of a year is of the body that gave it",
}
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


def test_everything_that_names_a_body_passes_or_stays_for_a_reason():
    passing = {f"{one.model._meta.label}.{one.owner}" for one in all_estates()}
    naming = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("shuce.")
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Organization
    }
    assert naming - passing == set(_STAYS), (
        "say in the room's estates.py how it passes to a body's heir, or here why it stays"
    )
