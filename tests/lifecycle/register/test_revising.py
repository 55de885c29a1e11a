"""A card in force changes by approval, beside its live version; nothing it ever said is lost."""

import pytest
from django.urls import reverse

from shuce.engines.procedure import Verdict
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.register import queries, revising
from shuce.lifecycle.register.models import Card, Proposal
from shuce.lifecycle.register.words import Opening, ProposalState
from tests.lifecycle import assets
from tests.lifecycle.register.approving import decided, entered


@pytest.fixture
def card(city, home, tmp_path) -> Card:
    return entered(assets.drafted(city, assets.found(city, tmp_path)), city)


@pytest.mark.clause("N-8")
def test_an_important_change_waits_beside_the_live_card_until_it_is_approved(card, city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    changes = {"cost": Money.from_yuan(90_000), "opening": Opening.CONDITIONAL}
    asked = revising.revise_card(card, changes, "核减", by=keeper)
    card.refresh_from_db()
    assert (card.version, card.cost) == (1, Money.from_yuan(120_000))
    assert [c.label for c in queries.changes_proposed(asked.proposal)] == ["开放属性", "原值"]
    with pytest.raises(Conflict, match="在审批中"):
        revising.revise_card(card, {"cost": Money(1)}, "再改", by=keeper)
    revising.revise_card(card, {"scene": "慢病预警"}, "补充", by=keeper)
    decided(asked.proposal.id, city)
    card.refresh_from_db()
    assert (card.version, card.cost, card.opening) == (
        3,
        Money.from_yuan(90_000),
        Opening.CONDITIONAL,
    )
    assert (card.scene, card.value) == ("慢病预警", Money.from_yuan(90_000))
    assert Proposal.objects.get().state == ProposalState.ADOPTED
    kinds = set(Entry.objects.filter(asset_id=card.id).values_list("kind", flat=True))
    assert {"register.change_proposed", "register.card_revised"} <= kinds


@pytest.mark.clause("N-8")
def test_a_change_that_is_rejected_leaves_the_card_as_it_was(card, city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    asked = revising.revise_card(card, {"cost": Money(1)}, "核减", by=keeper)
    decided(asked.proposal.id, city, Verdict.REJECT)
    card.refresh_from_db()
    assert (card.version, card.cost) == (1, Money.from_yuan(120_000))
    assert Proposal.objects.get().state == ProposalState.DECLINED
    assert not card.versions.exists()


def test_minor_facts_change_at_once_and_what_is_wrong_changes_nothing(card, city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    done = revising.revise_card(
        card, {"responsible": "张三", "storage_place": "市政务云"}, "换人", by=keeper
    )
    assert (done.proposal, done.card.version) == (None, 2)
    assert done.card.more == {"responsible": "张三", "storage_place": "市政务云"}
    for wrong in ({"nothing": 1}, {"grade": "L1"}, {"span_from": "昨天"}, {"cost": "多"}):
        with pytest.raises(Refused):
            revising.revise_card(card, wrong, "试", by=keeper)
    with pytest.raises(NotPermitted):
        revising.revise_card(card, {"scene": "x"}, "试", by=city.sign(Role.DATA_STEWARD, city.unit))
    assert Card.objects.get().version == 2


@pytest.mark.clause("N-8")
def test_an_earlier_version_is_restored_as_a_new_one(card, city):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    for scene in ("一", "二", "三"):
        revising.revise_card(card, {"scene": scene, "remark": scene}, "改", by=keeper)
    card.refresh_from_db()
    assert queries.version_seen(card.id, 2, keeper.member)["scene"] == "一"
    assert "scene" not in queries.version_seen(card.id, 1, keeper.member)
    back = revising.restore_version(card, 2, "改错了", by=keeper).card
    assert (back.version, back.scene, back.more["remark"]) == (5, "一", "一")
    first = revising.restore_version(back, 1, "全部撤回", by=keeper).card
    assert (first.scene, first.more) == ("", {})
    changes = queries.differences_seen(card.id, 1, 4, keeper.member)
    assert {(one.label, one.before, one.after) for one in changes} == {
        ("应用场景", "—", "三"),
        ("备注", "—", "三"),
    }
    for version in (0, 6, 9):
        with pytest.raises(Refused, match="此前的版本"):
            revising.restore_version(first, version, "试", by=keeper)
    with pytest.raises(Refused, match="没有差别"):
        revising.restore_version(first, 1, "试", by=keeper)


def test_pages_and_api_show_propose_compare_and_restore(card, city, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    revising.revise_card(card, {"scene": "一"}, "补充", by=keeper)
    address = reverse("register:revise", args=[card.id])
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, "", False)}
    sent |= {"cost": "80000", "reason": "核减", "holding_has": "true"}
    answer = client.post(address, sent)
    proposal = Proposal.objects.get()
    assert answer.url == reverse("register:proposal", args=[proposal.id])
    assert proposal.facts == {"holding_has": True, "cost": 8_000_000}
    assert "¥80,000.00" in client.get(answer.url).content.decode()
    page = client.get(reverse("register:card", args=[card.id])).content.decode()
    assert answer.url in page
    assert "以下仍是现行内容" in page
    root = f"/api/v1/register/cards/{card.id}"
    assert client.get(f"{root}/proposals").json()[0]["state"] == "WAITING"
    json = {"content_type": "application/json"}
    again = client.patch(root, {"reason": "x", "cost_fen": 1}, **json)
    assert again.status_code == 409
    decided(proposal.id, city, Verdict.REJECT)
    waits = client.patch(root, {"reason": "x", "more": {"secrecy": "WORK"}}, **json)
    assert (waits.status_code, waits.json()["facts"]) == (202, {"secrecy": "WORK"})
    decided(Proposal.objects.latest("id").id, city)
    compared = client.get(
        reverse("register:compare", args=[card.id]), {"older": 1, "newer": 3}
    ).content.decode()
    assert "工作秘密" in compared
    assert client.get(f"{root}/differences?older=1&newer=2").json()[0]["after"] == "一"
    assert client.get(f"{root}/versions/9").status_code == 404
    restoring = reverse("register:restore", args=[card.id, 1])
    assert "密级" in client.get(restoring).content.decode()
    assert client.post(restoring, {"reason": ""}).status_code == 422
    assert client.post(restoring, {"reason": "复原"}).status_code == 302
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    for name, args in (
        ("proposal", [proposal.id]),
        ("compare", [card.id]),
        ("restore", [card.id, 1]),
    ):
        assert client.get(reverse(f"register:{name}", args=args)).status_code == 404
    assert client.get(f"{root}/proposals").status_code == 404
