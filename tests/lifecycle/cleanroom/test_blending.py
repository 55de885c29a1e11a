"""Two holders' assets counted together: asked, done by both nodes, stopped, shown, taken out."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest
from django.db import connection
from django.urls import reverse

from shuce.foundation.evidence.models import Entry
from shuce.foundation.jobs.commands import run_job
from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom import blend_queries, blend_showing, blending
from shuce.lifecycle.cleanroom.blend_rules import BlendSpec, SideSpec
from shuce.lifecycle.cleanroom.deliveries import deliver_result
from shuce.lifecycle.cleanroom.rules import FileForm, Verdict
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.rights import policies
from shuce.lifecycle.sources.commands import connect_source
from shuce.lifecycle.sources.nodes import node_here
from shuce.lifecycle.sources.rules import Address, SourceKind
from shuce.node import Node
from tests import make
from tests.lifecycle import granted

BY_DISTRICT_AND_KIND = BlendSpec(SideSpec(("district",)), SideSpec(("kind",)))
# Of 400 people the last 280 are insured, in two kinds.
INSURED = range(120, 400)


def kind(row: int) -> str:
    return "职工" if row % 3 else "居民"


def insured(folder):
    file = folder / "insured.sqlite"
    with closing(sqlite3.connect(file)) as base:
        base.execute("CREATE TABLE insured (card_no TEXT, kind TEXT, months INTEGER)")
        # The other office writes letters small and leaves blanks.
        rows = [(f" {granted.person(row)[0].lower()} ", kind(row), row % 60) for row in INSURED]
        base.executemany("INSERT INTO insured VALUES (?, ?, ?)", rows)
        base.commit()
    return file


@pytest.fixture
def both(city, home, monkeypatch):
    """Two worlds over one city: the unit's people, the other unit's insured."""
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    first = granted.registered(city, home)
    other = replace(city, unit=city.other_unit, other_unit=city.unit)
    address = Address("参保库", SourceKind.SQLITE, str(insured(home)))
    source = connect_source(other.unit, address, by=other.sign(Role.DATA_STEWARD, other.unit))
    yield first, granted.entered(other, source)
    node_here().close()


@pytest.fixture
def grants(both):
    first, second = both
    return (
        granted.granted(first, blending=True),
        granted.granted(second, blending=True, columns=("card_no", "kind", "months")),
    )


def asked(world, grants, spec=BY_DISTRICT_AND_KIND):
    return blending.ask_blend(*grants, spec, by=world.analyst)


def worked(blend, monkeypatch) -> Job:
    """Let the work be done, as a worker does."""
    monkeypatch.setattr("shuce.foundation.jobs.commands.now", lambda: make.NOON)
    job = blend_queries.job_of(blend)
    run_job.call(job.id)
    job.refresh_from_db()
    blend.refresh_from_db()
    return job


def joined() -> dict[tuple[str, str], int]:
    counted = Counter((granted.person(row)[1], kind(row)) for row in INSURED)
    return {cell: number for cell, number in counted.items() if number >= 20}


@pytest.mark.clause("G-8", "N-4", "G-7")
def test_what_two_holders_have_in_common_is_counted_and_both_cards_know(both, grants, monkeypatch):
    uses = [world.card.uses for world in both]
    blend = asked(both[0], grants)
    job = worked(blend, monkeypatch)
    assert job.state == JobState.DONE, job.message
    question = blend.question
    assert question.verdict == Verdict.RELEASED, question.reason
    assert question.columns == ["district", "kind", "persons"]
    assert {(row[0], row[1]): row[2] for row in question.rows} == joined()
    assert [world.card.uses for world in both] == [one + 1 for one in uses]
    for grant in grants:
        entries = Entry.objects.filter(kind="cleanroom.blend_answered", subject_id=blend.id)
        told = [json.loads(bytes(one.body)) for one in entries]
        assert [one["digest"] for one in told if one["grant_id"] == grant.id] == [question.digest]
    assert set(blend.receipts) == {"left", "right"}
    assert len({one["digest"] for one in blend.receipts.values()}) == 1


@pytest.mark.clause("G-8")
def test_sums_of_both_sides_are_those_of_a_join(both, grants, monkeypatch):
    blend = asked(both[0], grants, BlendSpec(SideSpec((), ("age",)), SideSpec((), ("months",))))
    assert worked(blend, monkeypatch).state == JobState.DONE
    assert blend.question.columns == ["persons", "sum_age", "sum_months"]
    ages = sum(granted.person(row)[2] for row in INSURED)
    assert blend.question.rows == [[280, ages, sum(row % 60 for row in INSURED)]]


@pytest.mark.clause("G-8", "N-4")
def test_a_grant_that_does_not_say_so_is_not_blended(both):
    first, second = both
    plain = granted.granted(first)
    open_ = granted.granted(second, blending=True, columns=("card_no", "kind", "months"))
    with pytest.raises(Refused, match="没有允许融合加工") as refusal:
        asked(first, (plain, open_))
    assert refusal.value.obstacles[0].clause.value == "G-8"
    policy, _ = policies.policy_of(plain)
    assert "join" not in policy["tables"]["persons"]["columns"]["id_card"]["use"]
    assert not Job.objects.filter(kind=blending.KIND).exists()


@pytest.mark.clause("N-4")
def test_others_grants_and_one_asset_twice_are_refused(both, grants):
    first, _ = both
    stranger = first.sign(Role.OPERATOR_ANALYST, first.city.other_operator)
    with pytest.raises(Refused, match="只能使用本单位获得的授权"):
        blending.ask_blend(*grants, BY_DISTRICT_AND_KIND, by=stranger)
    with pytest.raises(NotPermitted):
        blending.ask_blend(*grants, BY_DISTRICT_AND_KIND, by=first.keeper)
    with pytest.raises(Refused, match="两项不同的数据资产"):
        asked(first, (grants[0], grants[0]), BlendSpec(SideSpec(), SideSpec()))


@pytest.mark.clause("G-8", "N-5")
@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (BlendSpec(SideSpec(("id_card",)), SideSpec()), "不能用于分组"),
        (BlendSpec(SideSpec(("fee",)), SideSpec()), "不能用于分组"),
        (BlendSpec(SideSpec((), ("district",)), SideSpec()), "不能用于合计"),
        (BlendSpec(SideSpec(("age",), ("age",)), SideSpec()), "同一列只能用一次"),
    ],
)
def test_columns_do_what_the_grants_allow(both, grants, spec, why):
    with pytest.raises(Refused, match=why):
        asked(both[0], grants, spec)


@pytest.mark.clause("N-4")
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("how", ["suspend", "withdraw"])
def test_either_holder_stops_it_at_once(both, grants, monkeypatch, place, how):
    first = both[0]
    waiting = asked(first, grants)
    officer = both[place].officer if how == "suspend" else both[place].keeper
    stop = {"suspend": rights.suspend_grant, "withdraw": rights.withdraw_grant}[how]
    stop(granted.fresh(grants[place]), "发现安全隐患", by=officer)
    # What was asked before is not done after, and nothing more is taken in.
    assert worked(waiting, monkeypatch).state == JobState.FAILED
    assert waiting.question is None
    with pytest.raises(Refused):
        asked(first, grants)


@pytest.mark.clause("N-4")
def test_a_grant_stopped_while_the_nodes_work_lets_nothing_out(both, grants, monkeypatch):
    first, second = both
    blend = asked(first, grants)
    fuse = Node.fuse

    def stopped_on_the_way(self, job, side, step, message, *, now):
        done = fuse(self, job, side, step, message, now=now)
        if step == 4:
            rights.suspend_grant(granted.fresh(grants[1]), "发现安全隐患", by=second.officer)
        return done

    monkeypatch.setattr(Node, "fuse", stopped_on_the_way)
    assert worked(blend, monkeypatch).state == JobState.FAILED
    assert blend.question is None


@pytest.mark.clause("N-4")
def test_figures_leave_as_a_file_only_while_both_grants_hold(both, grants, monkeypatch):
    first, second = both
    blend = asked(first, grants)
    worked(blend, monkeypatch)
    taken = deliver_result(blend.question, FileForm.CSV, by=first.analyst)
    assert "职工" in taken.file.read().decode("utf-8-sig")
    rights.suspend_grant(granted.fresh(grants[1]), "发现安全隐患", by=second.officer)
    with pytest.raises(Refused):
        deliver_result(blend.question, FileForm.CSV, by=first.analyst)


@pytest.mark.clause("G-8")
def test_nothing_of_either_table_is_in_the_registers_database(both, grants, monkeypatch):
    blend = asked(both[0], grants)
    carried = []
    fuse = Node.fuse

    def overheard(self, job, side, step, message, *, now):
        done = fuse(self, job, side, step, message, now=now)
        carried.append(done.message)
        return done

    monkeypatch.setattr(Node, "fuse", overheard)
    worked(blend, monkeypatch)
    held = "\n".join(_everything()).encode() + b"".join(carried)
    numbers = [granted.person(row)[0] for row in range(granted.PEOPLE)]
    assert not any(one[:17].encode() in held for one in numbers)
    # Nor any step's message, sealed as it is.
    assert len(carried) == 9
    assert not any(one and one.hex() in "\n".join(_everything()) for one in carried)


def _everything():
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in [one for one in tables if not one.startswith("search_text_")]:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield "\t".join(
                    bytes(cell).decode("latin-1")
                    if isinstance(cell, bytes | memoryview)
                    else str(cell)
                    for cell in row
                )


@pytest.mark.clause("G-8")
def test_a_receipt_that_no_node_signed_is_not_taken(both, grants, monkeypatch):
    blend = asked(both[0], grants)
    fuse = Node.fuse

    def forged(self, job, side, step, message, *, now):
        done = fuse(self, job, side, step, message, now=now)
        if step == 8:
            rows = (("静安", "职工", 9_999),)
            return replace(done, receipt=replace(done.receipt, rows=rows))
        return done

    monkeypatch.setattr(Node, "fuse", forged)
    assert "没有通过验证" in worked(blend, monkeypatch).message
    assert blend.question is None


@pytest.mark.clause("G-8", "N-10")
def test_who_may_see_a_fusion(both, grants, monkeypatch):
    first, second = both
    blend = asked(first, grants)
    worked(blend, monkeypatch)
    stranger = first.sign(Role.OPERATOR_ANALYST, first.city.other_operator).member
    with pytest.raises(NotFound):
        blend_queries.blend_seen(blend.id, stranger)
    for one in (first.analyst, first.officer, second.officer):
        assert blend_queries.blend_seen(blend.id, one.member) == blend


@pytest.mark.clause("G-8")
def test_the_page_picks_two_grants_tells_the_cost_and_shows_the_answer(
    both, grants, client, monkeypatch
):
    first = both[0]
    client.force_login(first.analyst.member)
    left, right = grants
    picked = client.post(reverse("cleanroom:pair"), {"left": left.id, "right": right.id})
    here = reverse("cleanroom:blend_new", args=[left.id, right.id])
    assert picked.headers["Location"] == here
    page = client.get(here).content.decode()
    assert all(text in page for text in ("district", "kind", "谁会知道什么", left.number))
    told = {"left_groups": ["district"], "right_groups": ["kind"]}
    foreseen = client.post(here + "foresee/", told).content.decode()
    assert "不足 20 人的组会隐去" in foreseen
    assert "求交 1 次" in foreseen
    made = client.post(here, told)
    blend = blend_queries.blends_seen_by(first.analyst.member).get()
    assert made.headers["Location"] == reverse("cleanroom:blend", args=[blend.id])
    assert "双方节点正在融合" in client.get(made.headers["Location"]).content.decode()
    worked(blend, monkeypatch)
    answered = client.get(made.headers["Location"]).content.decode()
    assert "职工" in answered
    assert "双方节点回执" in answered
    assert left.card.name in client.get(reverse("cleanroom:blends")).content.decode()
    assert client.get(reverse("cleanroom:question", args=[blend.question_id])).status_code == 200


@pytest.mark.clause("G-8")
def test_a_program_asks_and_reads_the_answer(both, grants, client, monkeypatch):
    first = both[0]
    client.force_login(first.analyst.member)
    body = {
        "left": {"grant_id": grants[0].id, "groups": ["district"]},
        "right": {"grant_id": grants[1].id},
    }
    send = {"content_type": "application/json"}
    cost = client.post("/api/v1/cleanroom/blends/foresee", body, **send).json()
    assert (cost["minimum"], cost["passes"], cost["errors"]["人数"]) == (20, 1, 0)
    made = client.post("/api/v1/cleanroom/blends", body, **send)
    assert made.status_code == 202, made.content
    blend = blend_queries.blends_seen_by(first.analyst.member).get()
    worked(blend, monkeypatch)
    read = client.get(f"/api/v1/cleanroom/blends/{blend.id}").json()
    assert read["verdict"] == "released"
    assert sum(row[1] for row in read["rows"]) == len(INSURED)
    body["left"]["groups"] = ["id_card"]
    refused = client.post("/api/v1/cleanroom/blends", body, **send)
    assert refused.status_code == 422
    assert "不能用于分组" in refused.json()["obstacles"][0]["reason"]


def test_what_is_asked_reads_as_a_sentence(both, grants):
    blend = asked(both[0], grants, BlendSpec(SideSpec(("district",), ("age",)), SideSpec()))
    name = blend.left.card.name
    assert f"合计 {name}.age" in blend_showing.sentence_of(blend)
    assert f"按 {name}.district 分组" in blend_showing.sentence_of(blend)


@pytest.mark.clause("N-4")
def test_a_sub_grant_is_blended_only_if_its_source_may_be(both):
    first, _ = both
    source = granted.granted(first, sub_granting=True)
    with pytest.raises(Refused, match="原授权不允许融合加工"):
        granted.requested(first, first.city.other_operator, source, blending=True)
