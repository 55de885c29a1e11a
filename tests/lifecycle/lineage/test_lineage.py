"""Where data came from is entered, read and seen both ways, by those who may see it."""

import pytest
from django.urls import reverse

from shuce.engines.lineage import Dialect, How
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Refused
from shuce.lifecycle.lineage import commands, queries
from shuce.lifecycle.lineage.graphs import graph_of
from shuce.lifecycle.lineage.models import Dataset, Link
from shuce.lifecycle.lineage.rules import NodeKind, Origin, flows_given, grade_owed, last_part
from shuce.lifecycle.lineage.showing import as_data, view_of
from shuce.lifecycle.register.commands import confirm_grade
from shuce.lifecycle.register.words import Grade

SQL = """
CREATE TABLE fees AS SELECT id, fee, mobile FROM visits WHERE dept = '内科';
INSERT INTO report (id, mobile, fee, dept) SELECT f.id, f.mobile, f.fee, d.dept
  FROM fees f JOIN dim d ON d.id = f.id;
this is no statement;
"""


@pytest.fixture
def keeper(city):
    return city.sign(Role.ASSET_KEEPER, city.unit)


@pytest.fixture
def script(city, tables, keeper):
    return commands.read_script(city.unit, "月报加工", SQL, Dialect.SQLITE, by=keeper)


@pytest.mark.clause("G-12")
def test_a_source_entered_by_hand_is_seen_from_both_ends(cards, keeper):
    link = commands.enter_link(
        cards["report"],
        cards["visits"],
        note="按月汇总",
        flows=[("fee", "fee", How.DIRECT)],
        by=keeper,
    )
    down = graph_of(cards["visits"], keeper.member)
    up = graph_of(cards["report"], keeper.member)
    assert [node.name for node in down.downstream()] == ["门诊费用月报"]
    assert [node.name for node in up.upstream()] == ["门诊就诊记录"]
    assert [(one.column, one.steps) for _, one in down.impact("fee")] == [("fee", 1)]
    assert down.impact("mobile") == []
    assert Entry.objects.filter(kind="lineage.link_entered", subject_id=link.id).exists()
    with pytest.raises(Conflict):
        commands.enter_link(cards["report"], cards["visits"], note="再来", by=keeper)
    commands.end_link(link, "流程已停用", by=keeper)
    assert graph_of(cards["visits"], keeper.member).downstream() == []
    with pytest.raises(Refused):
        commands.end_link(link, "再停", by=keeper)


def test_a_source_outside_the_register_has_its_name(cards, keeper):
    commands.enter_link(cards["visits"], None, outside="国家直报系统", note="每日交换", by=keeper)
    (above,) = graph_of(cards["visits"], keeper.member).upstream()
    assert (above.name, above.kind) == ("国家直报系统", NodeKind.EXTERNAL)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outside": " "}, "upstream"),
        ({"note": ""}, "note"),
        ({"flows": [("fee", "nothing", How.DIRECT)]}, "flows"),
    ],
)
def test_what_is_missing_is_named(cards, keeper, given, field):
    with pytest.raises(Refused) as refused:
        commands.enter_link(
            cards["report"], None, **({"outside": "外部", "note": "交换"} | given), by=keeper
        )
    assert [one.field for one in refused.value.obstacles] == [field]


def test_nobody_else_enters_and_nothing_comes_from_itself(city, cards, keeper):
    other = city.sign(Role.ASSET_KEEPER, city.other_unit)
    with pytest.raises(NotPermitted):
        commands.enter_link(cards["report"], None, outside="外部", note="交换", by=other)
    with pytest.raises(Refused):
        commands.enter_link(cards["report"], cards["report"], note="自身", by=keeper)


@pytest.mark.clause("G-12")
def test_sql_joins_tables_and_columns_and_says_what_it_did_not_read(script, tables, cards, keeper):
    assert [one["kind"] for one in script.statements] == ["TABLE", "INSERT", "UNREAD"]
    graph = graph_of(cards["visits"], keeper.member)
    assert {node.name: node.layer for node in graph.nodes.values()} == {
        "门诊就诊记录": 0,
        "fees": 1,
        "门诊费用月报": 2,
    }
    felt = {(node.name, one.column): one.certainty.value for node, one in graph.impact("mobile")}
    assert felt == {("fees", "mobile"): "DIRECT", ("门诊费用月报", "mobile"): "DIRECT"}
    felt = {(node.name, one.certainty.value) for node, one in graph.impact("dept")}
    assert ("fees", "CONDITION") in felt
    upstream = graph_of(cards["report"], keeper.member).upstream()
    assert {node.name for node in upstream} == {"门诊就诊记录", "fees", "dim"}


def test_the_same_sql_is_read_once_and_only_for_ones_own_body(city, script, keeper):
    with pytest.raises(Refused):
        commands.read_script(city.unit, "再来", SQL, Dialect.SQLITE, by=keeper)
    with pytest.raises(NotPermitted):
        commands.read_script(city.other_unit, "他人", "SELECT 1", Dialect.SQLITE, by=keeper)
    with pytest.raises(NotFound):
        queries.script_seen(script.id, city.sign(Role.ASSET_KEEPER, city.other_unit).member)


def test_a_circle_ends_and_is_drawn(cards, keeper):
    commands.enter_link(cards["report"], cards["visits"], note="汇总", by=keeper)
    commands.enter_link(cards["visits"], cards["report"], note="回填", by=keeper)
    shown = view_of(cards["visits"], keeper.member)
    assert shown["drawing"].count("<rect") == 2
    assert "stroke-dasharray" in shown["drawing"]
    assert [node.name for node, _ in shown["impact"]] == ["门诊费用月报"]


@pytest.mark.clause("G-8")
def test_what_a_reader_may_not_see_has_no_name(city, cards, keeper):
    above = city.sign(Role.DEPARTMENT_REVIEWER, city.department)
    from tests.lifecycle.lineage.other import card_of_other_unit

    foreign = card_of_other_unit(city)
    named = Dataset.objects.create(
        organization=city.unit, namespace="pg", name="db.shared", seen_at=keeper.at
    )
    own = Dataset.objects.create(
        organization=city.unit, namespace="pg", name="db.visits", card=cards["visits"],
        seen_at=keeper.at,
    )  # fmt: skip
    Link.objects.create(
        upstream=named, downstream=own, organization=city.unit, origin=Origin.OPENLINEAGE,
        cause_id="job", member=keeper.member, recorded_at=keeper.at,
    )  # fmt: skip
    named.card = foreign
    named.save()
    seen_above = graph_of(cards["visits"], above.member)
    assert [node.name for node in seen_above.upstream()] == [foreign.name]
    graph = graph_of(cards["visits"], keeper.member)
    (hidden,) = graph.upstream()
    assert (hidden.kind, hidden.name, hidden.href, hidden.place) == (
        NodeKind.HIDDEN, "无权查看", "", "",
    )  # fmt: skip
    assert foreign.name not in str(as_data(graph))
    assert foreign.id not in str(as_data(graph))
    assert foreign.name not in str(view_of(cards["visits"], keeper.member)["drawing"])


def test_a_name_nobody_knows_is_bound_by_a_person_and_unbound_with_a_reason(city, cards, keeper):
    commands.read_script(
        city.unit, "外库", "INSERT INTO dw.final SELECT id FROM visits", Dialect.HIVE, by=keeper
    )
    loose = queries.datasets_seen_by(keeper.member).get(name="dw.final")
    assert not loose.is_bound
    other = city.sign(Role.ASSET_KEEPER, city.other_unit)
    with pytest.raises(NotPermitted):
        commands.bind_dataset(loose, cards["report"], by=other)
    commands.bind_dataset(loose, cards["report"], by=keeper)
    down = graph_of(cards["visits"], keeper.member).downstream()
    assert [node.name for node in down] == ["门诊费用月报"]
    with pytest.raises(Refused):
        commands.unbind_dataset(loose, " ", by=keeper)
    commands.unbind_dataset(loose, "对应错了", by=keeper)
    (node,) = graph_of(cards["visits"], keeper.member).downstream()
    assert node.kind is NodeKind.DATASET


@pytest.mark.clause("G-2")
def test_derived_data_graded_below_its_inputs_is_pointed_out(city, cards, keeper):
    officer = city.sign(Role.SECURITY_OFFICER, city.unit)
    confirm_grade(cards["visits"], Grade.L4, by=officer)
    graded = confirm_grade(cards["report"], Grade.L3, "只有汇总数", by=officer)
    commands.enter_link(graded, cards["visits"], note="汇总", by=keeper)
    assert view_of(graded, keeper.member)["owed"] is Grade.L4
    assert grade_owed(Grade.L4, [Grade.L4, Grade.L1]) is None
    assert grade_owed(None, [Grade.L4]) is None


def test_names_and_typed_flows_are_taken_apart():
    assert last_part("db.public.visits") == "visits"
    assert last_part("/data/in/visits.csv") == "visits"
    assert last_part('"ODS"."VISITS"') == "VISITS"
    assert list(flows_given("a -> b\n\nc→d\nbad")) == [
        ("a", "b", How.DIRECT), ("c", "d", How.DIRECT), "bad",
    ]  # fmt: skip


def test_every_page_of_lineage_shows_and_acts(cards, script, keeper, client):
    client.force_login(keeper.member)
    page = client.get(
        f"{reverse('register:card', args=[cards['visits'].id])}?tab=lineage&column=fee"
    )
    assert "门诊费用月报" in page.content.decode()
    assert "<svg" in page.content.decode()
    for name in ("links", "datasets", "processes", "scripts"):
        assert client.get(reverse(f"lineage:{name}")).status_code == 200
        assert client.get(reverse(f"lineage:{name}"), {"export": "xlsx"}).status_code == 200
    assert "未能识别" in client.get(reverse("lineage:script", args=[script.id])).content.decode()
    entering = reverse("lineage:enter", args=[cards["visits"].id])
    typed = {"upstream": "没有这张卡", "note": "交换", "flows": "坏行"}
    assert client.post(entering, typed).status_code == 422
    typed = {"upstream": "门诊费用月报", "note": "回填", "flows": "fee -> fee"}
    assert client.post(entering, typed).status_code == 302
    link = Link.objects.get(origin=Origin.HAND)
    assert client.get(reverse("lineage:link", args=[link.id])).status_code == 200
    ended = client.post(reverse("lineage:end", args=[link.id]), {"reason": "停用"})
    assert ended.status_code == 302
    loose = Dataset.objects.filter(namespace="sql:sqlite", name="dim").get()
    bound = client.post(
        reverse("lineage:bind", args=[loose.id]), {"resource": "门诊库/dim", "card": ""}
    )
    assert bound.status_code == 302
    assert client.get(reverse("lineage:dataset", args=[loose.id])).status_code == 200
    loose.refresh_from_db()
    assert loose.bound_by_hand


def test_programs_do_what_pages_do(cards, keeper, client):
    client.force_login(keeper.member)
    said = {
        "card_id": cards["report"].id,
        "upstream_id": cards["visits"].id,
        "note": "汇总",
        "columns": [{"from_column": "fee", "to_column": "fee"}],
    }
    made = client.post("/api/v1/lineage/links", said, content_type="application/json")
    assert made.status_code == 201
    graph = client.get(f"/api/v1/lineage/cards/{cards['visits'].id}").json()
    assert [node["name"] for node in graph["nodes"]] == ["门诊就诊记录", "门诊费用月报"]
    felt = client.get(f"/api/v1/lineage/cards/{cards['visits'].id}/impact?column=fee").json()
    assert [one["column"] for one in felt] == ["fee"]
    read = client.post(
        "/api/v1/lineage/scripts",
        {"title": "t", "text": "CREATE VIEW v AS SELECT fee FROM visits", "dialect": "sqlite"},
        content_type="application/json",
    )
    assert read.status_code == 201
    assert read.json()["statements"][0]["columns"][0]["inputs"] == [["visits", "fee"]]
    ended = client.post(
        f"/api/v1/lineage/links/{made.json()['id']}/end",
        {"reason": ""},
        content_type="application/json",
    )
    assert ended.status_code == 422
