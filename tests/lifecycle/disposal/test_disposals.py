"""Assets end by collective decision, approval and reply; what is destroyed is proved to be gone."""

import sqlite3
from contextlib import closing

import pytest

from shuce.engines.erasure import CannotErase
from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.disposal import commands, queries
from shuce.lifecycle.disposal.models import Destruction, Disposal
from shuce.lifecycle.disposal.rules import (
    CopyKind,
    DisposalKind,
    DisposalState,
    Treatment,
    Worthlessness,
)
from shuce.lifecycle.market.commands import register_product, withdraw_product
from shuce.lifecycle.market.rules import ProductKind
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import GrantState
from shuce.node import Node
from tests import make
from tests.lifecycle.disposal import world as worlds

RECOGNISED = Worthlessness(True, True, "资产处置认定意见〔2026〕3号")


def propose(world, kind=DisposalKind.DESTRUCTION, worthless=RECOGNISED) -> Disposal:
    return commands.propose_disposal(
        world.fresh(),
        kind,
        "系统已停用，数据不再有用",
        worthless=worthless,
        by=world.sign(Role.ASSET_KEEPER),
    )


def approved(world, kind=DisposalKind.DESTRUCTION) -> Disposal:
    disposal = propose(world, kind)
    worlds.finish(Matter.DISPOSAL, disposal.id)
    return Disposal.objects.get(id=disposal.id)


def deal_with_all(world, disposal) -> None:
    for copy in queries.copies_of(disposal):
        how = Treatment.WITHDRAWN if copy.kind == CopyKind.GRANT else Treatment.DESTROYED
        commands.deal_with_copy(copy, how, "已清理", by=world.sign(Role.ASSET_KEEPER))


def tables_in(file) -> list[str]:
    with closing(sqlite3.connect(file)) as engine:
        return [name for (name,) in engine.execute("SELECT name FROM sqlite_master")]


@pytest.mark.clause("N-6", "G-11")
def test_a_destruction_ends_with_a_proof_a_certificate_and_a_closed_card(world, client):
    given = worlds.grant(world)
    steward, head = world.sign(Role.DATA_STEWARD), world.sign(Role.UNIT_HEAD)
    disposal = approved(world)
    assert disposal.reply_number == "PF-2026-00001"
    assert world.fresh().state == CardState.IN_DISPOSAL
    kinds = {copy.kind for copy in queries.copies_of(disposal)}
    assert kinds == {CopyKind.GRANT, CopyKind.BACKUP}

    commands.attend_destruction(disposal, by=head)
    with pytest.raises(Refused, match="没有清理"):
        commands.destroy(disposal, witness=head.member, by=steward)
    deal_with_all(world, disposal)
    assert Grant.objects.get(id=given.id).state == GrantState.WITHDRAWN
    assert tables_in(world.file) == ["visits"]

    destruction = commands.destroy(disposal, witness=head.member, by=steward)

    assert destruction.certificate_number == "XH-2026-00001"
    assert destruction.proof["found_again"] == 0
    assert destruction.proof["samples"] > 0
    assert destruction.proof["before"]["sm3"] != destruction.proof["after"]["sm3"]
    assert len(destruction.steps) >= 4
    assert tables_in(world.file) == []
    assert b"complaint number" not in world.file.read_bytes()
    assert world.fresh().state == CardState.CLOSED
    told = set(Entry.objects.filter(asset_id=world.card.id).values_list("kind", flat=True))
    assert {"disposal.destruction_begun", "disposal.data_destroyed"} <= told

    client.force_login(steward.member)
    shown = client.get(f"/disposal/disposals/{disposal.id}/certificate/").content.decode()
    assert destruction.proof["before"]["sm3"] in shown
    assert "回读" in shown
    paper = client.get(f"/disposal/disposals/{disposal.id}/certificate.pdf")
    assert paper.content.startswith(b"%PDF")


def test_other_kinds_close_the_card_on_the_reply_and_destroy_nothing(world):
    keeper = world.sign(Role.ASSET_KEEPER)
    disposal = propose(world, DisposalKind.SCRAP, None)
    with pytest.raises(Refused, match="没有批复"):
        commands.carry_out(disposal, by=keeper)
    worlds.finish(Matter.DISPOSAL, disposal.id)
    deal_with_all(world, disposal)
    with pytest.raises(Refused, match="彻底销毁"):
        commands.destroy(disposal, witness=keeper.member, by=world.sign(Role.DATA_STEWARD))
    done = commands.carry_out(disposal, "报废清单2026-1", by=keeper)
    assert done.state == DisposalState.DONE
    assert world.fresh().state == CardState.CLOSED
    assert tables_in(world.file) == ["visits"]


def test_a_disposal_that_is_not_approved_leaves_the_card_in_force(world):
    disposal = propose(world)
    with pytest.raises(Refused):
        propose(world)
    case = last_case_about(Matter.DISPOSAL, disposal.id)
    approvals.withdraw(case, by=world.sign(Role.ASSET_KEEPER))
    assert Disposal.objects.get(id=disposal.id).state == DisposalState.WITHDRAWN
    assert world.fresh().state == CardState.IN_FORCE
    assert propose(world).number == "CZ-2026-00002"


def test_one_person_alone_destroys_nothing(world):
    steward = world.sign(Role.DATA_STEWARD)
    disposal = approved(world)
    deal_with_all(world, disposal)
    commands.attend_destruction(disposal, by=steward)
    with pytest.raises(Refused, match="两个人"):
        commands.destroy(disposal, witness=steward.member, by=steward)
    head = world.sign(Role.UNIT_HEAD)
    with pytest.raises(Refused, match="签到"):
        commands.destroy(disposal, witness=head.member, by=steward)
    commands.attend_destruction(disposal, by=head)
    with pytest.raises(Refused, match="安全保密合同"):
        commands.destroy(disposal, witness=head.member, contractor="某公司", by=steward)
    with pytest.raises(NotPermitted):
        commands.destroy(disposal, witness=head.member, by=world.sign(Role.ASSET_KEEPER))
    assert not Destruction.objects.exists()
    assert tables_in(world.file) == ["visits"]


def test_data_that_is_gone_gets_no_certificate_and_can_be_written_off_instead(world):
    steward, head = world.sign(Role.DATA_STEWARD), world.sign(Role.UNIT_HEAD)
    disposal = approved(world)
    deal_with_all(world, disposal)
    commands.attend_destruction(disposal, by=head)
    with closing(sqlite3.connect(world.file)) as engine:
        engine.execute("DROP TABLE visits")
    with pytest.raises(Refused, match="节点上已没有数据表visits"):
        commands.destroy(disposal, witness=head.member, by=steward)
    keeper = world.sign(Role.ASSET_KEEPER)
    commands.abandon_disposal(disposal, "数据已丢失", by=keeper)
    assert world.fresh().state == CardState.IN_FORCE
    propose(world, DisposalKind.WRITE_OFF, None)


def test_a_node_that_refuses_leaves_everything_as_it_stood(world, monkeypatch):
    steward, head = world.sign(Role.DATA_STEWARD), world.sign(Role.UNIT_HEAD)
    disposal = approved(world)
    deal_with_all(world, disposal)
    commands.attend_destruction(disposal, by=head)

    def refuse(*args: object, **options: object) -> None:
        raise CannotErase("介质只读")

    monkeypatch.setattr(Node, "erase", refuse)
    with pytest.raises(CannotErase):
        commands.destroy(disposal, witness=head.member, by=steward)
    assert Disposal.objects.get(id=disposal.id).state == DisposalState.APPROVED
    monkeypatch.undo()
    assert commands.destroy(disposal, witness=head.member, by=steward).holds


def test_copies_that_only_people_know_of_are_listed_and_hold_the_act_back(world):
    keeper = world.sign(Role.ASSET_KEEPER)
    disposal = approved(world)
    deal_with_all(world, disposal)
    tape = commands.list_copy(disposal, "离线磁带", "机房三号柜", CopyKind.BACKUP, by=keeper)
    assert queries.readiness_of(disposal).copies_open == 1
    with pytest.raises(Refused):
        commands.deal_with_copy(tape, Treatment.HANDED_OVER, "移交", by=keeper)
    commands.deal_with_copy(tape, Treatment.DESTROYED, "消磁", by=keeper)
    assert queries.readiness_of(disposal).copies_open == 0
    with pytest.raises(Refused):
        commands.deal_with_copy(tape, Treatment.DESTROYED, "再次", by=keeper)


@pytest.mark.clause("N-6")
def test_products_and_released_results_are_found_and_end_before_the_asset(world):
    given = worlds.grant(world)
    agent = world.city.sign(Role.OPERATOR_AGENT, world.city.operator)
    product = register_product("就诊统计", ProductKind.REPORT, [given], by=agent)
    Question.objects.create(
        grant=given,
        member=agent.member,
        sql="SELECT ward, count(*) FROM visits GROUP BY ward",
        verdict=Verdict.RELEASED,
        asked_at=make.NOON,
    )
    keeper = world.sign(Role.ASSET_KEEPER)
    disposal = approved(world, DisposalKind.TRANSFER)
    copies = {copy.kind: copy for copy in queries.copies_of(disposal)}
    assert set(copies) == {
        CopyKind.GRANT,
        CopyKind.PRODUCT,
        CopyKind.EXTRACT,
        CopyKind.BACKUP,
    }
    with pytest.raises(Refused, match="尚未下架"):
        commands.deal_with_copy(copies[CopyKind.PRODUCT], Treatment.WITHDRAWN, "下架", by=keeper)
    withdraw_product(product, "资产处置", by=agent)
    for kind, how in (
        (CopyKind.PRODUCT, Treatment.WITHDRAWN),
        (CopyKind.GRANT, Treatment.WITHDRAWN),
        (CopyKind.EXTRACT, Treatment.RETAINED),
        (CopyKind.BACKUP, Treatment.HANDED_OVER),
    ):
        commands.deal_with_copy(copies[kind], how, "已办理", by=keeper)
    assert commands.count_copies(disposal, by=keeper) == 0
    assert commands.carry_out(disposal, "交接清单1号", by=keeper).state == DisposalState.DONE


@pytest.mark.clause("G-11")
def test_a_card_under_a_duty_to_keep_is_not_destroyed(city, home):
    world = worlds.asset(city, home, retain_until=make.NOON.date().replace(year=2036))
    with pytest.raises(Refused, match="保存期限"):
        propose(world)
    assert not Disposal.objects.exists()
    assert world.fresh().state == CardState.IN_FORCE


def test_disposals_are_seen_from_above_and_by_nobody_beside(world, client):
    disposal = approved(world)
    city = world.city
    above = city.sign(Role.DEPARTMENT_REVIEWER, city.department).member
    assert queries.disposal_seen(disposal.id, above) == disposal
    for role, body in ((Role.ASSET_KEEPER, city.other_unit), (Role.OPERATOR_AGENT, city.operator)):
        stranger = city.sign(role, body)
        with pytest.raises(NotFound):
            queries.disposal_seen(disposal.id, stranger.member)
        with pytest.raises(NotFound):
            commands.attend_destruction(disposal, by=stranger)
        client.force_login(stranger.member)
        copy = queries.copies_of(disposal)[0]
        for name in ("", "copies/add/", "carry-out/", "destroy/", "abandon/", "certificate/"):
            assert client.get(f"/disposal/disposals/{disposal.id}/{name}").status_code == 404
        for name in ("copies/count/", "attend/", "destroy/"):
            assert client.post(f"/disposal/disposals/{disposal.id}/{name}").status_code == 404
        assert client.get(f"/disposal/copies/{copy.id}/").status_code == 404
        assert client.get(f"/api/v1/disposal/{disposal.id}").status_code == 404


def test_pages_lead_from_the_proposal_to_the_end(world, client):
    keeper = world.sign(Role.ASSET_KEEPER)
    client.force_login(keeper.member)
    assert client.get("/disposal/").status_code == 200
    assert client.get(f"/disposal/propose/?card={world.card.id}").status_code == 200
    sent = {"card": world.card.id, "kind": "DESTRUCTION", "reason": "停用"}
    answer = client.post("/disposal/propose/", sent)
    assert answer.status_code == 422
    assert "没有保存要求" in answer.content.decode()
    sent |= {"no_value": "on", "no_retention_duty": "on", "grounds": "认定意见"}
    answer = client.post("/disposal/propose/", sent)
    disposal = Disposal.objects.get()
    here = f"/disposal/disposals/{disposal.id}/"
    assert answer["Location"] == here
    assert "没有批复" not in client.get(here).content.decode()
    worlds.finish(Matter.DISPOSAL, disposal.id)
    assert client.post(f"{here}copies/count/").status_code == 302
    for copy in queries.copies_of(disposal):
        page = f"/disposal/copies/{copy.id}/"
        assert client.get(page).status_code == 200
        assert client.post(page, {"how": "DESTROYED", "note": "已删"}).status_code == 302
    head = world.sign(Role.UNIT_HEAD)
    client.force_login(head.member)
    assert client.post(f"{here}attend/").status_code == 302
    client.force_login(world.sign(Role.DATA_STEWARD).member)
    assert client.get(f"{here}destroy/").status_code == 200
    sent = {"witness": head.member_id, "medium": "hdd", "contractor": "某公司"}
    assert client.post(f"{here}destroy/", sent).status_code == 422
    sent |= {"confidentiality_contract": "BM-1"}
    assert client.post(f"{here}destroy/", sent).status_code == 302
    assert "XH-2026-00001" in client.get(here).content.decode()
    assert client.get("/disposal/?export=xlsx").status_code == 200


def test_programs_do_what_pages_do(world, client):
    client.force_login(world.sign(Role.ASSET_KEEPER).member)
    asked = {"card_id": world.card.id, "kind": "SCRAP", "reason": "损坏"}
    made = client.post("/api/v1/disposal", asked, content_type="application/json")
    assert made.status_code == 201
    disposal_id = made.json()["id"]
    base = f"/api/v1/disposal/{disposal_id}"
    assert client.get("/api/v1/disposal").json()[0]["book_value_fen"] == 2_000_000
    early = client.post(f"{base}/carry-out", {}, content_type="application/json")
    assert early.status_code == 422
    assert early.json()["obstacles"][0]["clause"] == "N-6"
    worlds.finish(Matter.DISPOSAL, disposal_id)
    [copy] = client.get(f"{base}/copies").json()
    treated = {"how": "DESTROYED", "note": "已删"}
    done = client.post(
        f"/api/v1/disposal/copies/{copy['id']}/dealt-with", treated, content_type="application/json"
    )
    assert done.json()["how"] == "DESTROYED"
    ended = client.post(f"{base}/carry-out", {"outcome": "清单"}, content_type="application/json")
    assert ended.json()["state"] == "DONE"
