"""Files of cards: previewed before anything is written, taken in once, undone, and exchanged."""

import io
import json

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from shuce.foundation.evidence.models import Entry
from shuce.foundation.jobs.commands import Stopped
from shuce.foundation.jobs.models import Job, JobState
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotPermitted, Refused
from shuce.lifecycle.inventory.rules import CRITERIA
from shuce.lifecycle.register import exchanging, importing, sending, spreadsheets
from shuce.lifecycle.register import intake_queries as queries
from shuce.lifecycle.register.catalogue import by_key, typed_fields
from shuce.lifecycle.register.commands import confirm_grade
from shuce.lifecycle.register.exchanging import Sent
from shuce.lifecycle.register.history import sheet_of
from shuce.lifecycle.register.models import Card, Intake
from shuce.lifecycle.register.values import taken
from shuce.lifecycle.register.words import Grade, IntakeState, RowVerdict
from tests import make
from tests.lifecycle import assets
from tests.lifecycle.register.approving import entered
from tests.lifecycle.register.test_fields import values_of

FACTS = sheet_of(assets.FACTS)
_ONE = b'{"layout": "shuce-cards", "edition": 1'


def book(*rows: tuple[str, dict[str, object]]) -> bytes:
    """Return a filled template; each row is a card's number in the source and its facts."""
    with spreadsheets.workbook((key, "", facts) for key, facts in rows) as file:
        return file.read()


def named(name: str, **more: object) -> dict[str, object]:
    return FACTS | {"name": name} | more


@pytest.fixture
def keeper(city):
    return city.sign(Role.ASSET_KEEPER, city.unit)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """Call a command and let the jobs it asks for run to their end."""

    def run(command, *args, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return command(*args, **options)

    return run


@pytest.fixture
def read(city, keeper, at_once):
    def run(content: bytes, name: str = "台账.xlsx", by=None, holder=None) -> Intake:
        made = at_once(
            importing.read_file, holder or city.unit, "清查台账", name, content, by=by or keeper
        )
        return Intake.objects.get(id=made.id)

    return run


def verdicts(intake: Intake) -> list[str]:
    return [line.verdict.value for line in queries.lines_of(intake)]


@pytest.mark.clause("N-8")
def test_a_file_is_previewed_taken_in_once_and_known_again(city, read, keeper, at_once):
    content = book(
        ("A1", named("一", storage_place="市政务云")),
        ("A2", named("二")),
        ("A2", named("三")),
        ("A4", named("四", region_code="999999")),
        ("", named("五")),
    )
    intake = read(content)
    assert intake.state == IntakeState.PREVIEWED
    assert verdicts(intake) == ["NEW", "NEW", "BAD", "BAD", "BAD"]
    assert not Card.objects.exists()
    job = at_once(importing.take_in, intake, assets.answers(), by=keeper)
    assert Job.objects.get(id=job.id).state == JobState.DONE
    one, two = Card.objects.order_by("id")
    assert (one.name, one.key_in_source, one.more) == ("一", "A1", {"storage_place": "市政务云"})
    assert two.cost == Money.from_yuan(120_000)
    intake.refresh_from_db()
    assert intake.state == IntakeState.DONE
    assert intake.taken == {
        "held": {"count": 5, "cost_fen": 60_000_000},
        "taken": {"count": 2, "cost_fen": 24_000_000},
        "rejected": 3,
        "balanced": False,
    }
    again = read(content)
    assert verdicts(again)[:2] == ["UNCHANGED", "UNCHANGED"]
    with pytest.raises(Refused, match="没有可以导入的行"):
        importing.take_in(again, assets.answers(), by=keeper)
    kinds = Entry.objects.values_list("kind", flat=True)
    assert {"register.intake_read", "register.intake_judged", "register.intake_done"} <= set(kinds)
    assert list(kinds).count("register.card_drafted") == 2


def test_the_bad_rows_come_back_in_excel_and_once_mended_are_taken(read, keeper, at_once):
    intake = read(book(("A1", named("一")), ("A2", named("二", cost=-1, obtained_on="2099-01-01"))))
    titles, bad = queries.titles_of(intake), queries.bad_lines(intake)
    with spreadsheets.errors(titles, bad) as file:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    head, row = sheet
    assert head[:4] == ["原行号", "原因", "原编号", "资产编号"]
    assert row[0] == 3
    assert "取得日期不能晚于今天" in row[1]
    assert "原值不能为负数" in row[1]
    assert "N-8" in row[1]
    assert row[2] == "A2"
    at_once(importing.take_in, intake, assets.answers(), by=keeper)
    mended = read(book(("A1", named("一")), ("A2", named("二"))))
    assert verdicts(mended) == ["UNCHANGED", "NEW"]


@pytest.mark.clause("N-8")
def test_an_import_is_undone_only_where_nobody_went_on(city, read, keeper, at_once):
    first = read(book(*((f"A{n}", named(f"卡{n}")) for n in range(3))))
    at_once(importing.take_in, first, assets.answers(), by=keeper)
    changed = read(book(("A0", named("卡零")), ("A1", named("卡一")), ("A9", named("新卡"))))
    assert verdicts(changed) == ["CHANGED", "CHANGED", "NEW"]
    at_once(importing.take_in, changed, assets.answers(), by=keeper)
    assert Card.objects.get(key_in_source="A0").name == "卡零"
    card = Card.objects.get(key_in_source="A9")
    confirm_grade(card, Grade.L4, by=city.sign(Role.SECURITY_OFFICER, city.unit))
    changed.refresh_from_db()
    with pytest.raises(Refused, match="撤销原因"):
        importing.undo(changed, " ", by=keeper)
    assert importing.undo(changed, "传错了", by=keeper) == {"removed": 0, "restored": 2, "kept": 1}
    assert Card.objects.get(key_in_source="A0").name == "卡0"
    with pytest.raises(Conflict):
        importing.undo(changed, "再撤", by=keeper)
    first.refresh_from_db()
    undone = importing.undo(first, "重来", by=keeper)
    assert undone == {"removed": 1, "restored": 0, "kept": 2}
    assert not Card.objects.filter(key_in_source="A2").exists()
    assert verdicts(read(book(("A2", named("卡2"))))) == ["NEW"]


def test_a_stopped_import_goes_on_where_it_was(city, read, keeper, at_once, monkeypatch):
    monkeypatch.setattr(importing, "MOST_CARDS_OF_A_BATCH", 2)
    intake = read(book(*((f"A{n}", named(f"卡{n}")) for n in range(5))))
    job = importing.take_in(intake, assets.answers(), by=keeper)
    calls = []

    def one_part(done, total):
        calls.append((done, total))
        return len(calls) < 2

    with pytest.raises(Stopped):
        importing._intake_job(job, keeper, one_part)
    assert Card.objects.count() == 2
    Job.objects.filter(id=job.id).update(state=JobState.STOPPED)
    at_once(importing.resume, Intake.objects.get(), by=keeper)
    assert sorted(Card.objects.values_list("key_in_source", flat=True)) == [
        f"A{n}" for n in range(5)
    ]
    assert Intake.objects.get().state == IntakeState.DONE
    with pytest.raises(Conflict):
        importing.resume(Intake.objects.get(), by=keeper)


def test_foreign_columns_are_known_by_name_or_said_by_hand_and_remembered(read, keeper, at_once):
    heads = ["卡片编号", "数据资产名称", "所属行业", "行政区划", "取得方式", "数据来源说明",
             "合法性依据", "取得时间", "资产原值", "归口"]  # fmt: skip
    row = [
        "K1",
        "预约挂号",
        "卫生和社会工作",
        310000,
        "自主采集",
        "门诊",
        "条例",
        "2025/6/1",
        12.5,
        "医务处",
    ]
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file)
    page = made.add_worksheet()
    page.write_row(0, 0, heads)
    page.write_row(1, 0, row)
    made.close()
    intake = read(file.getvalue(), "旧台账.xlsx")
    assert verdicts(intake) == ["NEW"]
    assert [title for _, title, key in queries.columns_of(intake) if not key] == ["归口"]
    mapping = dict(map(tuple, intake.mapping)) | {9: "managing_department"}
    for wrong in (mapping | {9: "name"}, mapping | {9: "nothing"}, mapping | {77: "remark"}):
        with pytest.raises(Refused):
            importing.map_columns(intake, wrong, by=keeper)
    at_once(importing.map_columns, intake, mapping, by=keeper)
    line = queries.lines_of(intake).get()
    assert line.facts["managing_department"] == "医务处"
    assert line.facts["cost"] == 1250
    assert line.facts["region_code"] == "310000"
    again = read(file.getvalue(), "旧台账.xlsx")
    assert dict(map(tuple, again.mapping))[9] == "managing_department"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xlsx", b"not a book", "读不出"),
        ("a.doc", b"x", "请上传"),
        ("a.json", b"{", "不是 JSON"),
        ("a.json", b"[" * 100_000, "不是"),
        ("a.json", _ONE.replace(b"1", b"2") + b"}", "不是“shuce-cards”"),
        (
            "a.json",
            b'{"layout": "shuce-cards", "edition": 1, "cards": [1], "totals": {}}',
            "不完整",
        ),
        ("a.xml", b"<cards/>", "不符合交换格式"),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "不"),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_is_kept(city, keeper, name, content, why):
    with pytest.raises(Refused, match=why):
        importing.read_file(city.unit, "清查台账", name, content, by=keeper)
    assert not Intake.objects.exists()


def test_only_who_may_enter_cards_reads_files(city, keeper):
    steward = city.sign(Role.DATA_STEWARD, city.unit)
    with pytest.raises(NotPermitted):
        importing.read_file(city.unit, "台账", "a.xlsx", book(("A", named("一"))), by=steward)
    with pytest.raises(NotPermitted):
        sending.send_cards(city.other_unit, sending.Layout.XML, by=keeper)


def _key(field) -> str:
    return field.key


@st.composite
def sent_cards(draw):
    fields = draw(st.lists(st.sampled_from(typed_fields()), min_size=1, max_size=9, unique_by=_key))
    facts = {field.key: draw(values_of(field)) for field in fields}
    key = draw(st.text("甲A9-", min_size=1, max_size=9))
    return Sent(key, "", facts)


@settings(max_examples=25, deadline=None)
@given(st.lists(sent_cards(), min_size=1, max_size=3))
@pytest.mark.clause("N-8")
def test_the_three_layouts_hold_every_fact_without_loss(cards):
    class Sender:
        uscc, name = "91310000MA1FL0XX0X", "某单位"

    known = by_key()

    def back(facts):
        return {key: taken(known[key], value) for key, value in facts.items() if value != ""}

    as_json = exchanging.read("a.json", exchanging.as_json(cards, Sender, make.NOON))
    as_xml = exchanging.read("a.xml", exchanging.as_xml(cards, Sender, known, make.NOON))
    with spreadsheets.workbook((one.key, one.number, dict(one.facts)) for one in cards) as file:
        heads, *rows = spreadsheets.read("a.xlsx", file.read())
    mapping = spreadsheets.matched(heads)
    for place, one in enumerate(cards):
        said = {mapping[n]: cell for n, cell in enumerate(rows[place]) if cell}
        assert said.pop("key") == as_xml.cards[place].key == as_json.cards[place].key == one.key
        assert back(said) == back(as_xml.cards[place].facts) == as_json.cards[place].facts
        assert as_json.cards[place].facts == one.facts
    assert as_json.claimed == as_xml.claimed == exchanging.totals_of(cards)


@pytest.mark.clause("N-8")
def test_cards_sent_by_one_body_are_taken_by_another_and_reconciled(
    city, home, tmp_path, read, at_once
):
    more = {"external_ids": [["预算", "Y-1", "财政", "", ""]], "holding_has": True}
    card = assets.drafted(city, assets.found(city, tmp_path), assets.replaced(more=more))
    entered(card, city)
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    theirs = city.sign(Role.ASSET_KEEPER, city.other_unit)
    for layout in sending.Layout:
        made = sending.send_cards(city.unit, layout, by=keeper)
        intake = read(made.content, f"a.{layout}", by=theirs, holder=city.other_unit)
        if layout is sending.Layout.XLSX:
            assert verdicts(intake) == ["BAD"]  # the sheet names a number of another body
            continue
    Card.objects.filter(id=card.id).update(number=card.number)
    document = json.loads(sending.send_cards(city.unit, sending.Layout.JSON, by=keeper).content)
    document["cards"][0]["number"] = ""
    intake = read(json.dumps(document).encode(), "a.json", by=theirs, holder=city.other_unit)
    assert verdicts(intake) == ["NEW"]
    at_once(importing.take_in, intake, assets.answers(), by=theirs)
    intake.refresh_from_db()
    copy = Card.objects.get(holder=city.other_unit)
    card.refresh_from_db()
    assert queries.facts_for(copy) == queries.facts_for(card)
    assert intake.taken["balanced"]
    assert intake.claimed == intake.taken["taken"] == {"count": 1, "cost_fen": 12_000_000}
    sent = Entry.objects.filter(kind="register.cards_sent").count()
    assert sent == 4


def test_pages_lead_from_template_to_undo(city, client, keeper, django_capture_on_commit_callbacks):
    client.force_login(keeper.member)
    heads = CalamineWorkbook.from_filelike(
        io.BytesIO(b"".join(client.get(reverse("register:template")).streaming_content))
    )
    assert heads.sheet_names == ["卡片", "代码"]
    upload = reverse("register:upload")
    file = SimpleUploadedFile("台账.xlsx", book(("A1", named("一")), ("A2", named(""))))
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(upload, {"holder": city.unit.id, "title": "台账", "file": file})
    intake = Intake.objects.get()
    assert sent.url == reverse("register:intake", args=[intake.id])
    page = client.get(sent.url).content.decode()
    assert "确认导入" in page
    assert "请填写“资产名称”" in page
    assert client.get(reverse("register:mapping", args=[intake.id])).status_code == 200
    errors = client.get(reverse("register:errors", args=[intake.id]))
    assert errors.headers["Content-Type"].endswith("sheet")
    take = reverse("register:take", args=[intake.id])
    assert client.post(take, {}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(take, dict.fromkeys(CRITERIA, "台账为证")).status_code == 302
    assert "对账回执" in client.get(sent.url).content.decode()
    assert client.get(reverse("register:intakes"), {"state": "DONE"}).context["count"] == 1
    undo = reverse("register:undo", args=[intake.id])
    assert client.post(undo, {"reason": "传错"}).status_code == 302
    assert not Card.objects.exists()
    send = reverse("register:send")
    got = client.post(send, {"organization": city.unit.id, "layout": "xml"})
    assert got.headers["Content-Type"] == "application/xml"
    client.force_login(city.sign(Role.ASSET_KEEPER, city.other_unit).member)
    for name in ("intake", "mapping", "take", "undo", "errors", "discard", "resume"):
        answer = client.post(reverse(f"register:{name}", args=[intake.id]))
        assert answer.status_code == 404


def test_the_api_does_what_the_pages_do(city, client, keeper, django_capture_on_commit_callbacks):
    client.force_login(keeper.member)
    root = "/api/v1/register"
    assert client.get(f"{root}/template?organization_id={city.unit.id}").status_code == 200
    file = SimpleUploadedFile("a.xlsx", book(("A1", named("一")), ("A2", named(""))))
    with django_capture_on_commit_callbacks(execute=True):
        made = client.post(
            f"{root}/intakes", {"file": file, "holder_id": city.unit.id, "title": "台账"}
        )
    assert made.status_code == 201
    one = f"{root}/intakes/{made.json()['id']}"
    assert client.get(one).json()["state"] == "PREVIEWED"
    bad = client.get(f"{one}/lines?verdict=BAD").json()
    assert [line["place"] for line in bad] == [3]
    assert client.get(f"{one}/errors").status_code == 200
    answers = {name: {"met": True, "evidence": "台账"} for name in CRITERIA}
    with django_capture_on_commit_callbacks(execute=True):
        taken_in = client.post(f"{one}/take", answers, content_type="application/json")
    assert taken_in.status_code == 202
    assert client.get(f"{root}/intakes").json()[0]["taken"]["rejected"] == 1
    undone = client.post(f"{one}/undo", {"reason": "错"}, content_type="application/json")
    assert undone.json() == {"removed": 1, "restored": 0, "kept": 0}
    assert client.post(f"{one}/discard").status_code == 409
    sent = client.post(f"{root}/exchange/json?organization_id={city.unit.id}")
    assert sent.json()["totals"] == {"count": 0, "cost_fen": 0}
    assert b"xs:schema" in client.get(f"{root}/exchange/schema").content
    assert RowVerdict.BAD.label == "有误"
