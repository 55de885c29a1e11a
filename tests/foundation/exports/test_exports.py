"""A long list as a file: asked for, written in the background as its reader sees it, taken."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from shuce.foundation.evidence.models import Entry
from shuce.foundation.exports import commands, files, working
from shuce.foundation.exports.models import Export
from shuce.foundation.jobs.commands import run_job
from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.office import exporting
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Refused
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.texts import say_all_anew
from tests import make
from tests.lifecycle.register.test_bulk import concluded, entered, row


@pytest.fixture
def cards(city, home, monkeypatch):
    """Twelve cards of the unit, in a register where ten rows are a long list."""
    made = entered(city, [row(f"E{n}", name=f"门诊记录{n}") for n in range(12)])
    concluded(city, made.batch)
    list(say_all_anew(make.NOON))
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 10)
    return list(Card.objects.order_by("-id"))


@pytest.fixture
def keeper(city, client):
    by = city.sign(Role.ASSET_KEEPER, city.unit)
    client.force_login(by.member)
    return by


def _ask(client, address: str, kind: str = "xlsx") -> Job:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}export={kind}")
    assert answer.status_code == 302
    answer = client.post(answer["Location"], {"format": kind})
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.latest("id")


def _run(job: Job) -> Job:
    run_job.func(job.id)
    return Job.objects.get(id=job.id)


def _file(client, job: Job) -> bytes:
    answer = client.get(f"/exports/{job.subject_id}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def _sheet(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_a_long_list_is_written_in_the_background_and_a_short_one_at_once(cards, keeper, client):
    short = client.get("/register/cards/?search=门诊记录11&export=xlsx")
    assert len(_sheet(b"".join(short.streaming_content))) == 2

    job = _ask(client, "/register/cards/?sort=name")
    assert client.get(f"/exports/{job.subject_id}/file/").status_code == 404
    done = _run(job)
    assert done.state == JobState.DONE
    assert (done.done, done.total) == (12, 12)
    assert "资产登记簿" in done.message
    heading, *rows = _sheet(_file(client, job))
    assert heading[:2] == ["资产名称", "资产编号"]
    assert [one[0] for one in rows] == sorted(card.name for card in cards)
    assert rows[0][2] == "市健康信息中心"
    page = client.get(f"/jobs/{job.id}/").content.decode()
    assert f"/exports/{job.subject_id}/file/" in page


def test_a_search_is_exported_whole_however_many_answer(cards, keeper, client, monkeypatch):
    monkeypatch.setattr("shuce.lifecycle.register.tables.MOST_COUNTED", 3)
    job = _run(_ask(client, "/register/cards/?search=门诊"))
    assert job.total == 12
    assert len(_sheet(_file(client, job))) == 13
    refused = client.post("/exports/ask/?of=/register/cards/%3Fsearch=不存在", {"format": "xlsx"})
    assert refused.status_code == 302
    assert _run(Job.objects.latest("id")).total == 0


def test_csv_holds_the_same_rows_and_no_formula(cards, keeper, client):
    Card.objects.filter(id=cards[0].id).update(name="=1+1")
    xlsx = _sheet(_file(client, _run(_ask(client, "/register/cards/"))))
    content = _file(client, _run(_ask(client, "/register/cards/", "csv"))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == xlsx[0]
    assert [one[1:4] for one in rows[1:]] == [one[1:4] for one in xlsx[1:]]
    assert "'=1+1" in {one[0] for one in rows}


def test_values_read_alike_from_the_database_and_from_objects(cards, keeper, client, monkeypatch):
    fast = _sheet(_file(client, _run(_ask(client, "/register/cards/"))))
    monkeypatch.setattr(exporting, "_paths", lambda *_: [])
    slow = _sheet(_file(client, _run(_ask(client, "/register/cards/"))))
    assert fast == slow


def test_the_evidence_tells_who_took_which_list(cards, keeper, client):
    job = _run(_ask(client, "/register/cards/?state=IN_FORCE"))
    export = Export.objects.get(id=job.subject_id)
    told = list(Entry.objects.filter(subject_id=export.id).order_by("id"))
    assert [one.kind for one in told] == ["exports.asked", "exports.made"]
    assert b"/register/cards/?state=IN_FORCE" in bytes(told[0].body)
    assert export.digest.encode() in bytes(told[1].body)
    assert {one.member_id for one in told} == {str(keeper.member.pk)}


def test_nobody_else_takes_it_and_each_sees_only_their_own_rows(cards, city, keeper, client):
    job = _run(_ask(client, "/register/cards/"))
    colleague = city.sign(Role.UNIT_HEAD, city.unit).member
    client.force_login(colleague)
    page = client.get(f"/jobs/{job.id}/")
    assert page.status_code == 200
    assert "/exports/" not in page.content.decode()
    assert client.get(f"/exports/{job.subject_id}/file/").status_code == 404
    stranger = city.sign(Role.ASSET_KEEPER, city.other_unit)
    theirs = commands.ask_export("/register/cards/", exporting.Format.XLSX, by=stranger)
    assert _run(theirs).total == 0


def test_it_stops_when_asked_and_leaves_no_file(cards, keeper, client, monkeypatch):
    monkeypatch.setattr(exporting, "_ROWS_AT_A_TIME", 4)
    job = _ask(client, "/register/cards/")
    tell = working.Writing

    def stopping(file, kind, told):
        def watched(done, total):
            if done >= 4:
                client.post(f"/jobs/{job.id}/stop/")
            told(done, total)

        return tell(file, kind, watched)

    monkeypatch.setattr(working, "Writing", stopping)
    stopped = _run(job)
    assert stopped.state == JobState.STOPPED
    assert stopped.done < 12
    assert not files.file_of(job.subject_id).exists()
    assert client.get(f"/exports/{job.subject_id}/file/").status_code == 404


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps a reader from writing")
def test_on_sqlite_no_query_is_open_while_progress_is_written(monkeypatch):
    # While one is, and somebody else writes, SQLite refuses every write with "database is locked".
    monkeypatch.setattr(exporting, "_ROWS_AT_A_TIME", 4)
    read = []

    def rows():
        for number in range(10):
            read.append(number)
            yield [number, "甲"]

    given = exporting._read_first(rows())
    assert next(given) == [0, "甲"]
    assert read == list(range(10))
    assert [one[0] for one in given] == list(range(1, 10))


@pytest.mark.parametrize(
    "address",
    ["https://example.com/", "//example.com/", "/nosuch/", "/api/v1/register/cards", "register"],
)
def test_only_pages_of_ours_are_exported(cards, keeper, address):
    with pytest.raises(Refused, match="不是可以导出的清单"):
        commands.ask_export(address, exporting.Format.XLSX, by=keeper)


def test_a_page_without_a_list_is_told_by_its_job(cards, keeper):
    job = _run(commands.ask_export("/exports/ask/", exporting.Format.XLSX, by=keeper))
    assert job.state == JobState.FAILED
    assert "不是可以导出的清单" in job.message


def test_the_same_export_is_not_made_twice_at_once_and_never_more_than_three(cards, keeper):
    commands.ask_export("/register/cards/", exporting.Format.XLSX, by=keeper)
    with pytest.raises(Refused, match="正在进行"):
        commands.ask_export("/register/cards/", exporting.Format.XLSX, by=keeper)
    commands.ask_export("/register/cards/", exporting.Format.CSV, by=keeper)
    commands.ask_export("/register/cards/?grade=L3", exporting.Format.CSV, by=keeper)
    with pytest.raises(Refused, match="最多同时进行3项"):
        commands.ask_export("/register/cards/?grade=L2", exporting.Format.CSV, by=keeper)


def test_a_file_goes_when_its_time_is_over(cards, keeper, client):
    job = _run(_ask(client, "/register/cards/"))
    kept = files.file_of(job.subject_id)
    assert kept.stat().st_mode & 0o077 == 0
    stray = files.file_of("01STRAY")
    stray.write_bytes(b"left behind")
    until = Export.objects.get(id=job.subject_id).kept_until
    commands.drop_old_files(until - timedelta(minutes=1))
    assert kept.exists()
    assert not stray.exists()
    commands.drop_old_files(until + timedelta(minutes=1))
    assert not kept.exists()
    assert client.get(f"/exports/{job.subject_id}/file/").status_code == 404


def test_a_program_asks_for_a_list_and_takes_it(cards, keeper, client):
    asked = client.post(
        "/api/v1/exports",
        {"address": "/register/cards/?sort=name", "format": "csv"},
        content_type="application/json",
    )
    assert asked.status_code == 202
    _run(Job.objects.get(id=asked.json()["id"]))
    export_id = asked.json()["subject_id"]
    told = client.get(f"/api/v1/exports/{export_id}").json()
    assert told["rows"] == 12
    taken = b"".join(client.get(f"/api/v1/exports/{export_id}/file").streaming_content)
    assert len(taken) == told["size"]
    assert (
        client.post(
            "/api/v1/exports", {"address": "/nosuch/"}, content_type="application/json"
        ).status_code
        == 422
    )
