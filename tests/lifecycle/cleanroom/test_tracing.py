"""A file that got about is traced to who took it, under which grant, and when."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.cleanroom import commands, deliveries, queries, tracing
from shuce.lifecycle.cleanroom.rules import FileForm, Ground
from shuce.lifecycle.rights import commands as rights
from tests.lifecycle.granted import BY_DISTRICT


@pytest.fixture
def released(world, grant):
    question = commands.ask_question(grant, BY_DISTRICT, by=world.analyst)
    # A result of many rows, as a larger table would give.
    question.rows = [[f"第{n}街道", 40 + n * 3] for n in range(40)]
    question.save(update_fields=["rows"])
    return question


def take(released, world, form=FileForm.CSV):
    taken = deliveries.deliver_result(released, form, by=world.analyst)
    return taken.delivery, taken.file.read()


@pytest.mark.clause("G-5", "G-8")
def test_each_taking_is_numbered_and_kept_with_the_digest_of_its_file(released, world):
    first, content = take(released, world)
    second, other = take(released, world)
    assert content != other
    assert (first.number, second.number) == ("JF-2026-00001", "JF-2026-00002")
    entries = Entry.objects.filter(kind="cleanroom.exported", subject_id=released.id)
    assert [first.file_digest in bytes(entry.body).decode() for entry in entries] == [True, False]
    assert first.mark not in "".join(bytes(entry.body).decode() for entry in entries)


@pytest.mark.clause("G-5", "G-8", "G-12")
def test_a_part_without_its_number_tells_which_of_two_takings_it_was(released, world):
    for form in FileForm:
        mine, content = take(released, world, form)
        take(released, world, form)
        [whole, *others] = tracing.trace(content, world.officer.member)
        assert whole.delivery == mine
        assert whole.grounds[0] == Ground.FILE
        assert all(Ground.MARK not in one.grounds for one in others)
    mine, content = take(released, world)
    lines = content.decode().splitlines()
    part = "\n".join([lines[0], *reversed(lines[5:35])])
    found = tracing.trace(part.encode(), world.officer.member)
    assert found[0].delivery == mine
    assert found[0].grounds == (Ground.MARK, Ground.FIGURES)
    assert found[0].agreeing == found[0].cells >= 30
    assert [one.grounds for one in found[1:]] == [(Ground.FIGURES,)] * (len(found) - 1)


def test_figures_typed_anew_are_still_known_as_released(released, world):
    take(released, world)
    typed = "\n".join(f"{name}\t{total}" for name, total in released.rows[:10])
    [found] = tracing.trace(typed.encode(), world.officer.member)
    assert found.grounds == (Ground.FIGURES,)
    assert tracing.trace("区,人数\n某地,1\n别处,2".encode(), world.officer.member) == []


def test_the_values_in_a_marked_file_are_those_released(released, world):
    _, content = take(released, world)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1:-1] == [[name, str(total)] for name, total in released.rows]
    _, content = take(released, world, FileForm.EXCEL)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[1:41] == [[name, float(total)] for name, total in released.rows]


@pytest.mark.clause("N-4", "G-13")
@pytest.mark.parametrize("form", FileForm)
def test_a_grant_that_stopped_lets_no_file_out(released, world, grant, form):
    rights.suspend_grant(grant, "核查", by=world.officer)
    with pytest.raises(Refused, match="已暂停"):
        take(released, world, form)
    assert not queries.deliveries_seen_by(world.analyst.member).exists()


def test_auditors_and_the_holder_trace_and_others_do_not_even_see(released, world, client):
    delivery, content = take(released, world)
    with pytest.raises(NotPermitted):
        tracing.trace(content, world.analyst.member)
    stranger = world.sign(Role.SECURITY_OFFICER, world.city.other_unit)
    assert tracing.trace(content, stranger.member) == []
    client.force_login(stranger.member)
    assert client.get("/api/v1/cleanroom/deliveries").json() == []
    for reader in (world.analyst, world.officer):
        client.force_login(reader.member)
        [listed] = client.get("/api/v1/cleanroom/deliveries").json()
        assert listed["number"] == delivery.number
        assert "mark" not in listed
    client.force_login(world.analyst.member)
    assert client.get(reverse("cleanroom:trace")).status_code == 403


def test_the_page_and_the_api_tell_whose_a_file_was(released, world, client):
    delivery, content = take(released, world)
    client.force_login(world.officer.member)
    page = reverse("cleanroom:trace")
    assert client.get(page).status_code == 200
    assert client.post(page, {}).status_code == 422
    unreadable = client.post(page, {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04nothing")})
    assert unreadable.status_code == 422
    assert "读不出来" in unreadable.content.decode()
    for sent in (
        {"file": SimpleUploadedFile("a.csv", content)},
        {"text": content.decode("utf-8-sig")},
    ):
        answer = client.post(page, sent).content.decode()
        assert delivery.number in answer
        assert world.analyst.member.name in answer
    assert "没有找到" in client.post(page, {"text": "甲,乙\n1,2"}).content.decode()
    told = client.post(
        "/api/v1/cleanroom/trace",
        {"text": content.decode("utf-8-sig")},
        content_type="application/json",
    ).json()
    assert told[0]["delivery"]["number"] == delivery.number
    assert "MARK" in told[0]["grounds"]
    told = client.post(
        "/api/v1/cleanroom/trace/file", {"file": SimpleUploadedFile("a.csv", content)}
    ).json()
    assert told[0]["delivery"]["number"] == delivery.number


def test_the_list_of_what_left_can_be_searched(released, world, client):
    delivery, _ = take(released, world)
    client.force_login(world.analyst.member)
    here = reverse("cleanroom:deliveries")
    assert delivery.number in client.get(f"{here}?search={delivery.number}").content.decode()
    day = (delivery.delivered_at + timedelta(days=2)).date().isoformat()
    assert delivery.number not in client.get(f"{here}?delivered_at_after={day}").content.decode()
