"""What a scan found is judged with evidence, kept in the memorandum, and counted."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from shuce.engines.scan.shapes import ScanResult, TableScan
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.inventory.commands import (
    file_scan,
    recognize,
    scan_source,
)
from shuce.lifecycle.inventory.models import MemoEntry, Resource, StocktakeLine
from shuce.lifecycle.inventory.queries import (
    columns_shown,
    memo_entries_standing,
    open_memo_of,
)
from shuce.lifecycle.inventory.rules import (
    CRITERIA,
    Criterion,
    Difference,
    MemoStanding,
    RecognitionAnswers,
    RecognitionOutcome,
    ResourceState,
    StocktakeState,
    memo_standing,
    obstacles_to_recognize,
    obstacles_to_sign_off,
    outcome_of,
)
from shuce.lifecycle.inventory.stocktaking import (
    compare,
    conclude_difference,
    open_stocktake,
    sign_off,
)
from tests import make
from tests.lifecycle import assets

TODAY = date(2026, 3, 20)


@pytest.mark.clause("G-4")
@pytest.mark.parametrize(
    ("unmet", "outcome"),
    [
        ((), RecognitionOutcome.CARD),
        (("measurable",), RecognitionOutcome.MEMORANDUM),
        (("lawful_source",), RecognitionOutcome.NEITHER),
        (("expected_benefit", "measurable"), RecognitionOutcome.NEITHER),
        (("not_barred_by_secrecy",), RecognitionOutcome.NEITHER),
    ],
)
def test_all_five_criteria_make_a_card_and_only_the_measure_may_wait(unmet, outcome):
    assert outcome_of(assets.answers(unmet=unmet)) is outcome


def test_each_answer_needs_its_evidence_and_a_registered_table_is_not_judged_again():
    silent = RecognitionAnswers(**{name: Criterion(True, " ") for name in CRITERIA})
    found = list(obstacles_to_recognize(silent, ResourceState.FOUND))
    assert [o.field for o in found] == list(CRITERIA)
    assert not list(obstacles_to_recognize(assets.answers(), ResourceState.FOUND))
    assert list(obstacles_to_recognize(assets.answers(), ResourceState.REGISTERED))


def test_a_review_is_overdue_the_day_after_it_was_due():
    due = date(2027, 3, 20)
    assert memo_standing(None, None, due, due) is MemoStanding.KEPT
    assert memo_standing(None, None, due, due + timedelta(days=1)) is MemoStanding.REVIEW_DUE
    assert memo_standing(due, None, due, date(2030, 1, 1)) is MemoStanding.PROMOTED
    assert memo_standing(None, due, due, date(2030, 1, 1)) is MemoStanding.DISMISSED


def test_a_stocktake_with_open_differences_or_a_closed_one_is_not_signed_off():
    assert not list(obstacles_to_sign_off(0, is_open=True))
    assert len(list(obstacles_to_sign_off(2, is_open=False))) == 2


def test_a_scan_files_tables_once_keeps_unreadable_ones_and_notes_missing_ones(
    city, home, tmp_path
):
    source = assets.connected(city, assets.database(tmp_path, ("visits", "drugs", "beds")))
    steward = city.sign(Role.DATA_STEWARD, city.unit)
    scan_source(source, by=steward)
    visits = Resource.objects.get(table_name="visits")
    mobile = next(c for c in columns_shown(visits) if c["name"] == "mobile")
    assert mobile["type"] == "手机号"
    assert not any(number in str(visits.columns) for number in assets.MOBILES)
    read = TableScan("visits", 50, 50, ())
    broken = TableScan("drugs", 0, 0, (), problem="坏了")
    scan = file_scan(source, ScanResult("x", (read, broken)), {"visits": "就诊"}, by=steward)
    assert scan.unread == ["drugs"]
    states = {r.table_name: r for r in Resource.objects.filter(source=source)}
    assert (states["visits"].rows, states["visits"].comment) == (50, "就诊")
    assert states["drugs"].rows == 40
    assert states["drugs"].missing_since is None
    assert states["beds"].missing_since == make.NOON


@pytest.mark.clause("G-4")
def test_what_cannot_be_measured_waits_in_the_memorandum_until_judged_again(city, home, tmp_path):
    resource = assets.found(city, tmp_path)
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    with pytest.raises(NotPermitted):
        recognize(resource, assets.answers(), by=city.sign(Role.DATA_STEWARD, city.unit))
    recognize(resource, assets.answers(unmet=("measurable",)), by=keeper)
    resource.refresh_from_db()
    assert resource.state == ResourceState.MEMORANDUM
    entry = MemoEntry.objects.get()
    assert entry.next_review_on == TODAY + timedelta(days=365)
    standing = memo_entries_standing(keeper.member, entry.next_review_on + timedelta(days=1))
    assert [one.standing for one in standing] == [MemoStanding.REVIEW_DUE]
    recognize(resource, assets.answers(unmet=("lawful_source",)), by=keeper)
    resource.refresh_from_db()
    assert resource.state == ResourceState.DISMISSED
    assert open_memo_of(resource) is None
    recognize(resource, assets.answers(unmet=("measurable",)), by=keeper)
    assert open_memo_of(resource) is not None
    resource.refresh_from_db()
    assets.drafted(city, resource)
    entry = MemoEntry.objects.latest("id")
    assert entry.promoted_on == TODAY
    with pytest.raises(Refused, match="已登记"):
        recognize(resource, assets.answers(), by=keeper)


@pytest.mark.clause("N-8")
def test_a_stocktake_shows_surplus_shortage_and_change_and_ends_with_conclusions(
    city, home, tmp_path
):
    source = assets.connected(city, assets.database(tmp_path, ("visits", "drugs", "beds")))
    steward = city.sign(Role.DATA_STEWARD, city.unit)
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    scan_source(source, by=steward)
    for name in ("visits", "drugs"):
        assets.drafted(city, Resource.objects.get(table_name=name))
    tables = (TableScan("drugs", 90, 90, ()), TableScan("beds", 40, 40, ()))
    file_scan(source, ScanResult("x", tables), {}, by=steward)
    with pytest.raises(Refused):
        open_stocktake(city.unit, "迟到的盘点", TODAY - timedelta(days=1), by=keeper)
    stocktake = open_stocktake(city.unit, "2026年盘点", TODAY, by=keeper)
    compare(stocktake, by=keeper)
    compare(stocktake, by=keeper)
    lines = {line.resource.table_name: line for line in StocktakeLine.objects.all()}
    assert {name: line.difference for name, line in lines.items()} == {
        "visits": Difference.SHORTAGE,
        "drugs": Difference.CHANGED,
        "beds": Difference.SURPLUS,
    }
    with pytest.raises(Refused, match="还有3项"):
        sign_off(stocktake, by=keeper)
    for line in lines.values():
        conclude_difference(line, "已核实", by=keeper)
    assert sign_off(stocktake, by=keeper).state == StocktakeState.SIGNED_OFF
    with pytest.raises(Conflict):
        compare(stocktake, by=keeper)


def test_pages_judge_a_table_and_run_a_stocktake(city, home, tmp_path, client):
    resource = assets.found(city, tmp_path)
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    for name in ("resources", "memo", "stocktakes", "open_stocktake"):
        assert client.get(reverse(f"inventory:{name}")).status_code == 200
    listed = client.get(reverse("inventory:resources"), {"state": "FOUND", "search": "visits"})
    assert "visits" in listed.content.decode()
    form = {f"{name}_met": "yes" for name in CRITERIA} | dict.fromkeys(CRITERIA, "依据")
    address = reverse("inventory:recognize", args=[resource.id])
    assert client.get(address).status_code == 200
    assert client.post(address, form | {"measurable": ""}).status_code == 422
    assert client.post(address, form).status_code == 302
    page = client.get(reverse("inventory:resource", args=[resource.id])).content.decode()
    assert "登记资产卡片" in page
    opened = client.post(
        reverse("inventory:open_stocktake"),
        {"organization": city.unit.id, "name": "年中盘点", "due_on": "2099-12-31"},
    )
    client.post(f"{opened.url}compare/")
    line = StocktakeLine.objects.get()
    assert "盘盈" in client.get(opened.url).content.decode()
    concluded = client.post(
        reverse("inventory:conclude", args=[line.id]), {"conclusion": "正在建卡"}
    )
    assert concluded.url == opened.url
    client.post(f"{opened.url}sign-off/")
    line.stocktake.refresh_from_db()
    assert line.stocktake.state == StocktakeState.SIGNED_OFF


def test_the_api_judges_and_counts_and_strangers_find_nothing(city, home, tmp_path, client):
    resource = assets.found(city, tmp_path)
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    root = "/api/v1/inventory"

    def post(path, body):
        return client.post(f"{root}{path}", body, content_type="application/json")

    assert client.get(f"{root}/resources", {"state": "FOUND"}).json()[0]["id"] == resource.id
    assert client.get(f"{root}/resources/{resource.id}").json()["columns"]
    answers = {name: {"met": name != "measurable", "evidence": "依据"} for name in CRITERIA}
    made = post(f"/resources/{resource.id}/recognition", answers)
    assert (made.status_code, made.json()["outcome"]) == (201, "MEMORANDUM")
    assert client.get(f"{root}/memo").json()[0]["standing"] == "WAITING"
    opened = post(
        "/stocktakes", {"organization_id": city.unit.id, "name": "盘点", "due_on": "2099-01-01"}
    ).json()
    assert post(f"/stocktakes/{opened['id']}/compare", {}).status_code == 200
    assert client.get(f"{root}/stocktakes/{opened['id']}/lines").json() == []
    assert post(f"/stocktakes/{opened['id']}/sign-off", {}).json()["state"] == "SIGNED_OFF"
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    assert client.get(f"{root}/resources").json() == []
    assert client.get(f"{root}/resources/{resource.id}").status_code == 404
    assert post(f"/resources/{resource.id}/recognition", answers).status_code == 404
    assert post(f"/stocktakes/{opened['id']}/sign-off", {}).status_code == 404
    for name in ("resource", "recognize"):
        address = reverse(f"inventory:{name}", args=[resource.id])
        assert client.get(address).status_code == 404
    for name in ("stocktake", "compare", "sign_off"):
        address = reverse(f"inventory:{name}", args=[opened["id"]])
        assert client.post(address).status_code == 404
    assert client.get(reverse("inventory:conclude", args=["none"])).status_code == 404
