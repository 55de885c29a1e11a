"""A change and its evidence are one: neither is kept without the other."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from shuce.foundation.evidence.models import Entry
from shuce.foundation.evidence.recording import (
    EVENTS,
    Event,
    LeftNoEvidence,
    command,
    record,
)
from shuce.foundation.organizations.models import Organization
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused
from tests import make


@dataclass(frozen=True)
class Renamed(Event):
    """A body was renamed, for this test only."""

    kind: ClassVar[str] = "test.renamed"
    clause: ClassVar[Clause] = Clause.N_1
    label: ClassVar[str] = "更名"

    name: str


EVENTS.pop("test.renamed")


@command
def rename(body: Organization, name: str, *, silent: bool = False, by) -> None:
    body.name = name
    body.save()
    if not silent:
        record(Renamed(body.id, name), by)
    if name == "不许":
        raise Refused(Obstacle("不许改成这个名称"))


def test_a_command_that_leaves_no_evidence_is_a_bug_and_changes_nothing(city):
    with pytest.raises(LeftNoEvidence):
        rename(city.unit, "无痕", silent=True, by=city.system_admin)
    city.unit.refresh_from_db()
    assert city.unit.name == "市健康信息中心"


def test_a_refused_command_leaves_neither_change_nor_evidence(city):
    before = Entry.objects.count()
    with pytest.raises(Refused):
        rename(city.unit, "不许", by=city.system_admin)
    city.unit.refresh_from_db()
    assert city.unit.name == "市健康信息中心"
    assert Entry.objects.count() == before


def test_an_event_recorded_outside_a_command_is_a_bug(city):
    with pytest.raises(AssertionError, match="outside a command"):
        record(Renamed(city.unit.id, "路过"), city.system_admin)


def test_the_body_names_who_when_what_and_under_which_clause(city):
    rename(city.unit, "市健康数据中心", by=city.system_admin)
    entry = Entry.objects.latest("id")
    body = bytes(entry.body).decode()
    assert '"clause":"N-1"' in body
    assert f'"by":"{city.system_admin.member_id}"' in body
    assert make.NOON.isoformat() in body
