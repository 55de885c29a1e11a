"""A bureau adds fields and sets how cards are numbered, without a line of code."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation

from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.register import adding, commands, numbering, printing, queries, revising
from shuce.lifecycle.register.adding import FieldTerms, obstacles_to_terms
from shuce.lifecycle.register.catalogue import FieldKind
from shuce.lifecycle.register.models import AddedField, Card
from shuce.lifecycle.register.numbering import obstacles_to_pattern
from tests.lifecycle import assets
from tests.lifecycle.register.approving import entered

TERMS = FieldTerms("惠民场景", FieldKind.CHOICE, english="Benefit", choices=("医疗", "出行"))


@pytest.fixture
def designer(city):
    return city.sign(Role.BUREAU_REVIEWER, city.bureau)


@pytest.mark.clause("G-6")
def test_a_field_is_asked_of_the_cards_below_and_kept_shown_printed_and_sent(
    city, home, tmp_path, designer
):
    field = adding.add_field(city.bureau, replace(TERMS, required=True), by=designer)
    resource = assets.found(city, tmp_path)
    recognition = assets.recognised(city, resource)
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(Refused, match="请填写“惠民场景”"):
        commands.draft_card(recognition, assets.FACTS, by=keeper)
    with pytest.raises(Refused, match="没有“旅游”这一项"):
        commands.draft_card(recognition, assets.replaced(more={field.key: "旅游"}), by=keeper)
    said = assets.replaced(more={field.key: "医疗"})
    card = commands.draft_card(recognition, said, by=keeper)
    added = queries.added_to(card.holder)
    assert printing.as_data(card, added)["more"] == {field.key: "医疗"}
    last = printing.groups_of(card, added)[3].sections[-1]
    assert (last.title, last.facts) == ("自定义内容", [("惠民场景", "医疗")])
    with translation.override("en"):
        assert [one.label for one in queries.added_to(card.holder)] == ["Benefit"]
    adding.retire_field(field, by=designer)
    assert printing.as_data(card, queries.added_to(card.holder))["more"] == {field.key: "医疗"}
    revised = revising.revise_card(card, {"scene": "便民"}, "补充", by=keeper).card
    assert revised.more == {field.key: "医疗"}


@pytest.mark.parametrize(
    ("wrong", "at_fault"),
    [
        ({"label": " "}, "label"),
        ({"label": "原值"}, "label"),
        ({"kind": FieldKind.MONEY, "choices": ()}, "kind"),
        ({"group": "其他"}, "group"),
        ({"choices": ("一",)}, "choices"),
        ({"choices": ("一", "一")}, "choices"),
        ({"choices": ("一", "二｜三")}, "choices"),
        ({"kind": FieldKind.TEXT}, "choices"),
    ],
)
def test_a_field_that_cannot_be_asked_for_is_refused(wrong, at_fault):
    assert not list(obstacles_to_terms(TERMS))
    assert at_fault in [one.field for one in obstacles_to_terms(replace(TERMS, **wrong))]


def test_a_field_is_changed_and_retired_but_never_taken_from_cards(city, designer):
    field = adding.add_field(city.bureau, TERMS, by=designer)
    with pytest.raises(Refused, match="同名"):
        adding.add_field(
            city.department, TERMS, by=city.sign(Role.DEPARTMENT_REVIEWER, city.department)
        )
    with pytest.raises(NotPermitted):
        adding.add_field(city.unit, TERMS, by=city.sign(Role.ASSET_KEEPER, city.unit))
    with pytest.raises(NotPermitted):
        adding.add_field(
            city.bureau, TERMS, by=city.sign(Role.DEPARTMENT_REVIEWER, city.department)
        )
    more = replace(TERMS, choices=("医疗", "出行", "教育"), label="便民场景")
    assert adding.change_field(field, more, by=designer).label == "便民场景"
    for wrong in (replace(more, choices=("出行", "教育")), replace(more, group="基本信息")):
        with pytest.raises(Refused):
            adding.change_field(field, wrong, by=designer)
    adding.retire_field(field, by=designer)
    with pytest.raises(Conflict):
        adding.retire_field(field, by=designer)
    with pytest.raises(Refused, match="已停用"):
        adding.change_field(field, more, by=designer)
    assert adding.add_field(city.bureau, more, by=designer).key != field.key


@pytest.mark.clause("G-6")
def test_new_cards_are_numbered_by_the_nearest_pattern_and_never_alike(
    city, home, tmp_path, designer
):
    unit = city.unit
    assert numbering.pattern_for(unit) == numbering.USUAL
    numbering.set_number_pattern(city.bureau, "SJ-{USCC}-{YEAR}{SERIAL:4}", by=designer)
    numbering.set_number_pattern(
        city.department,
        "{USCC}{SERIAL:8}",
        by=city.sign(Role.DEPARTMENT_REVIEWER, city.department),
    )
    card = entered(assets.drafted(city, assets.found(city, tmp_path)), city)
    assert card.number == f"{unit.uscc}00000001"
    Card.objects.filter(id=card.id).update(number=f"{unit.uscc}00000002")
    other = Card.objects.get()
    other.id, other.pk, other.number, other.resource = "9" * 26, "9" * 26, None, None
    other.state = "DRAFT"
    other.save(force_insert=True)
    entered(other, city)
    assert Card.objects.get(id="9" * 26).number == f"{unit.uscc}00000003"
    with pytest.raises(NotPermitted):
        numbering.set_number_pattern(
            unit, numbering.USUAL, by=city.sign(Role.ASSET_KEEPER, city.unit)
        )


@pytest.mark.parametrize(
    "pattern",
    [
        "{USCC}",
        "{YEAR}{SERIAL}",
        "{SERIAL}{USCC}",
        "{USCC}{SERIAL}{SERIAL}",
        "{USCC}{NAME}{SERIAL}",
        "{USCC:9}{SERIAL}",
        "{USCC}{SERIAL:12}",
        "{USCC} {SERIAL}",
        "数据资产登记总簿编号前缀{USCC}{REGION}{SERIAL:6}",
        "{USCC}<b>{SERIAL}",
    ],
)
def test_a_pattern_that_cannot_number_cards_is_refused(pattern):
    assert not list(obstacles_to_pattern(numbering.USUAL))
    assert list(obstacles_to_pattern(pattern))


def test_pages_and_api_add_change_retire_and_number(city, client, designer):
    client.force_login(designer.member)
    form = {"label": "惠民场景", "kind": "choice", "choices": "医疗\n出行", "group": "管理信息"}
    assert client.post(reverse("register:add_field"), form | {"choices": ""}).status_code == 422
    assert client.post(reverse("register:add_field"), form).status_code == 302
    field = AddedField.objects.get()
    assert field.choices == ["医疗", "出行"]
    assert field.key in client.get(reverse("register:fields")).content.decode()
    change = reverse("register:change_field", args=[field.key])
    assert client.get(change).status_code == 200
    assert client.post(change, form | {"hint": "选最主要的"}).status_code == 302
    assert client.post(reverse("register:retire_field", args=[field.key])).status_code == 302
    page = reverse("register:numbering")
    assert client.post(page, {"pattern": "{SERIAL}"}).status_code == 422
    assert client.post(page, {"pattern": "{USCC}-{SERIAL:5}"}).status_code == 302
    root = "/api/v1/register"
    body = {"organization_id": city.bureau.id, "label": "等级", "kind": "text"}
    made = client.post(f"{root}/fields/added", body, content_type="application/json")
    assert made.status_code == 201
    one = f"{root}/fields/added/{made.json()['key']}"
    changed = client.put(one, body | {"label": "星级"}, content_type="application/json")
    assert changed.json()["label"] == "星级"
    assert client.post(f"{one}/retire").json()["retired_at"]
    assert client.post(f"{one}/retire").status_code == 409
    known = {one["key"]: one for one in client.get(f"{root}/fields").json()}
    assert known["acquisition"]["options"][0] == {"code": "COLLECTED", "label": "自主采集"}
    assert known[made.json()["key"]]["retired"]
    assert len(client.get(f"{root}/fields/added").json()) == 2
    asked = f"{root}/number-pattern?organization_id={city.unit.id}"
    assert client.get(asked).json()["pattern"] == "{USCC}-{SERIAL:5}"
    pattern = {"organization_id": city.bureau.id, "pattern": numbering.USUAL}
    client.post(f"{root}/number-pattern", pattern, content_type="application/json")
    assert client.get(asked).json()["pattern"] == numbering.USUAL
    client.force_login(city.sign(Role.OPERATOR_AGENT, city.operator).member)
    assert client.get(change).status_code == 404
    assert client.put(one, body, content_type="application/json").status_code == 404
