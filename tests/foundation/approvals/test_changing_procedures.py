"""A bureau changes a procedure or a decision table in the browser; new cases follow it at once."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import commands, procedures, queries, timing
from shuce.foundation.approvals.models import Matter, ProcedureVersion
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import Conflict, Refused
from tests import make


@pytest.fixture
def concluded(monkeypatch):
    for matter in Matter:
        monkeypatch.setitem(commands._conclusions, matter, lambda case, *, by: None)


@pytest.fixture
def bureau(city, client, settings):
    settings.LANGUAGE_CODE = "zh-hans"
    by = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    client.force_login(by.member)
    return by


def version_of(key, is_table=False):
    return ProcedureVersion.objects.filter(key=key, is_table=is_table).latest("version")


def address(version, page="change/"):
    return f"/approvals/procedures/{version.id}/{page}"


def send(client, version, **sent):
    return client.post(address(version), {"text": version.text, **sent})


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def dispose(city, value_fen=0, matter=Matter.DISPOSAL):
    return commands.open_case(
        matter,
        subject_id=new_id(),
        title="处置门诊数据",
        organization=city.unit,
        facts={"kind": "DESTRUCTION", "value_fen": value_fen},
        by=city.sign(Role.ASSET_KEEPER, city.unit),
    )


def chain(case):
    """The steps that this case will not skip, by its own version of the tables."""
    found = case.procedure
    return found.tables["disposal_authority"].decide(
        {"holder_level": "PROVINCE", "kind": "DESTRUCTION", "value_fen": 90_000_000}
    )["final_authority"]


def edited(version, client, old, new):
    """Download the table as Excel, change one cell as a civil servant would, and save it."""
    book = client.get(address(version, "file.xlsx")).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as changed:
        sheet = changed.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [str(cell).replace(old, new) for cell in row])
    return out.getvalue()


@pytest.mark.clause("N-2", "N-6")
def test_an_office_changes_the_chain_of_one_matter_by_uploading_a_table_in_the_browser(
    city, client, bureau, concluded
):
    before = dispose(city)
    version = version_of("disposal_authority", is_table=True)
    file = SimpleUploadedFile("权限表.xlsx", edited(version, client, "100万元", "80万元"))
    shown = client.post(address(version), {"file": file})
    page = words(shown)
    assert shown.status_code == 200
    assert "△ 修改" in page
    assert "<del>＜100万元" in page or "<del>&lt;100万元</del>" in page
    assert "<ins>&lt;80万元</ins>" in page
    assert "在办的 1 件仍按原版本办理" in page
    assert version_of("disposal_authority", is_table=True) == version  # nothing is set yet
    text = shown.context["text"]
    done = client.post(address(version), {"text": text, "confirmed": "1", "instead_of": version.id})
    assert done.status_code == 302
    assert version_of("disposal_authority", is_table=True).version == 2
    # 900,000 yuan goes to the bureau from now on; the case already open keeps its old table.
    assert chain(before) == "DEPARTMENT"
    assert chain(dispose(city)) == "BUREAU"


@pytest.mark.clause("N-2")
def test_a_changed_procedure_is_shown_beside_the_one_in_force_and_then_set(city, client, bureau):
    version = version_of("card_entry")
    text = version.text.replace('title = "单位负责人审批"', 'title = "负责人最终审批"')
    assert text != version.text
    shown = send(client, version, text=text)
    page = words(shown)
    assert page.count("<svg xmlns") == 2
    assert 'class="step changed" data-step="head"' in page
    assert "<del>单位负责人审批</del> → <ins>负责人最终审批</ins>" in page
    assert "<del>- title = &quot;单位负责人审批&quot;</del>" in page
    send(client, version, text=text, confirmed="1", instead_of=version.id)
    assert version_of("card_entry").text == text
    # Another who looked at the first version may not undo the second unseen.
    late = send(
        client, version, text=version.text + "\n# 晚了\n", confirmed="1", instead_of=version.id
    )
    assert late.status_code == 409
    assert version_of("card_entry").version == 2


@pytest.mark.clause("N-2")
def test_every_fault_is_told_at_once_and_the_text_is_kept(city, client, bureau):
    version = version_of("card_entry")
    text = version.text.replace('role = "UNIT_HEAD"', 'role = "NOBODY"')
    text = text.replace('may_return_to = ["start"]', 'may_return_to = ["nowhere"]')
    answer = send(client, version, text=text)
    page = words(answer)
    assert answer.status_code == 422
    assert "没有角色“NOBODY”" in page
    assert "退回的环节“nowhere”不存在" in page
    assert "NOBODY" in page.split("<textarea")[1]
    broken = send(client, version, text="key = [")
    assert "不是有效的 TOML 文本" in words(broken)
    same = send(client, version)
    assert "没有差别" in words(same)
    assert version_of("card_entry") == version


def test_a_bad_cell_is_told_by_row_and_column(city, client, bureau):
    version = version_of("disposal_authority", is_table=True)
    file = SimpleUploadedFile("表.csv", client.get(address(version, "file.csv")).content)
    unchanged = client.post(address(version), {"file": file})
    assert unchanged.status_code == 422
    assert "没有差别" in words(unchanged)
    spoiled = client.get(address(version, "file.csv")).content.decode("utf-8-sig")
    spoiled = spoiled.replace("<1500万元", "1500万元以下").encode("gb18030")
    answer = client.post(address(version), {"file": SimpleUploadedFile("表.csv", spoiled)})
    assert answer.status_code == 422
    assert "第2行“账面价值”：“1500万元以下”没有写明是否含本数" in words(answer)
    other = client.post(address(version), {"file": SimpleUploadedFile("表.pdf", b"%PDF")})
    assert "不支持“表.pdf”" in words(other)
    fake = client.post(address(version), {"file": SimpleUploadedFile("表.xlsx", b"PK\x03\x04")})
    assert "不是可以打开的 Excel 文件" in words(fake)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 21_000_000)
    large = client.post(
        address(version), {"file": SimpleUploadedFile("表.xlsx", packed.getvalue())}
    )
    assert "文件过大" in words(large)


@pytest.mark.clause("N-2")
def test_a_table_that_would_break_a_procedure_is_refused(city, bureau):
    version = version_of("disposal_authority", is_table=True)
    text = version.text.replace("final_authority", "last_word")
    with pytest.raises(Refused, match=r"改后“资产处置.*还没有事实“final_authority”"):
        procedures.set_procedure("disposal_authority", text, True, by=bureau)


@pytest.mark.clause("N-2")
def test_a_fact_that_nobody_gives_is_refused_unless_it_has_a_default(city, bureau):
    version = version_of("disposal")
    fact = 'urgent = { type = "bool", title = "紧急" }'
    text = version.text.replace("[facts]\n", f"[facts]\n{fact}\n")
    with pytest.raises(Refused, match="没有人提供"):
        procedures.set_procedure("disposal", text, False, by=bureau)
    text = text.replace('title = "紧急"', 'title = "紧急", default = false')
    assert procedures.set_procedure("disposal", text, False, by=bureau).version == 2


def test_an_old_version_is_opened_compared_downloaded_and_restored(city, client, bureau):
    first = version_of("card_entry")
    second = procedures.set_procedure("card_entry", first.text + "\n# 修订\n", False, by=bureau)
    assert "历史版本" in words(client.get(address(first, "")))
    compared = words(client.get(address(first, f"compare/?with={second.id}")))
    assert "<ins>+ # 修订</ins>" in compared
    file = client.get(address(first, "file.toml"))
    assert file.content.decode() == first.text
    assert "attachment" in file.headers["Content-Disposition"]
    assert client.get(address(first, "file.dmn")).status_code == 404
    restored = client.get(address(first))
    assert restored.context["form"].initial["text"] == first.text
    send(client, first, confirmed="1", instead_of=second.id)
    assert (version_of("card_entry").version, version_of("card_entry").text) == (3, first.text)


def test_who_may_not_set_procedures_sees_them_and_cannot_change_them(city, client, bureau):
    version = version_of("card_entry")
    client.force_login(city.sign(Role.UNIT_HEAD, city.unit).member)
    assert "修改或上传" not in words(client.get(address(version, "")))
    assert client.get(address(version)).status_code == 403
    answer = send(client, version, text="x", confirmed="1", instead_of=version.id)
    assert answer.status_code == 403
    other = version_of("disposal")
    with pytest.raises(Conflict):
        procedures.set_procedure("card_entry", version.text, False, instead_of=other, by=bureau)


def test_the_drawing_tells_where_cases_stand_and_how_long_steps_take(city, client, concluded):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    finance = city.sign(Role.FINANCE_OFFICER, city.unit)
    for days in (1, 2, 4):
        case = commands.open_case(
            Matter.CARD_ENTRY,
            subject_id=new_id(),
            title="门诊数据",
            organization=city.unit,
            facts={},
            by=keeper,
        )
        at = make.NOON + timedelta(days=days)
        if days > 1:
            commands.decide(case, "finance", Verdict.APPROVE, by=Signature(finance.member, at))
    reader = city.sign(Role.BUREAU_REVIEWER, city.bureau).member
    notes = timing.notes_of(version_of("card_entry"), reader, make.NOON + timedelta(days=9))
    assert notes["finance"] == "在办 1 件\n中位3天 九成4天"
    assert notes["security"] == "在办 3 件"
    assert notes["head"] == "无在办"
    # A unit's own drawing counts its own cases only.
    stranger = city.sign(Role.UNIT_HEAD, city.other_unit).member
    theirs = timing.notes_of(version_of("card_entry"), stranger, make.NOON + timedelta(days=9))
    assert theirs["finance"] == "无在办"
    drawn = queries.drawing_of_version(version_of("card_entry"), notes)
    assert "中位3天 九成4天" in drawn


def test_a_procedure_goes_to_a_modeller_and_comes_back_changed(city, client, bureau):
    version = version_of("card_entry")
    drawn = client.get(address(version, "file.bpmn")).content
    same = client.post(address(version), {"file": SimpleUploadedFile("流程.bpmn", drawn)})
    assert "没有差别" in words(same)
    changed = drawn.decode().replace("单位负责人审批", "主要负责人审批").encode()
    shown = client.post(address(version), {"file": SimpleUploadedFile("流程.bpmn", changed)})
    assert "<del>单位负责人审批</del> → <ins>主要负责人审批</ins>" in words(shown)
    foreign = drawn.decode().replace("userTask", "scriptTask").encode()
    refused = client.post(address(version), {"file": SimpleUploadedFile("流程.bpmn", foreign)})
    assert "不支持 BPMN 的“scriptTask”" in words(refused)
    assert refused.status_code == 422


def test_a_table_goes_to_a_modeller_and_comes_back_changed(city, client, bureau):
    version = version_of("disposal_authority", is_table=True)
    drawn = client.get(address(version, "file.dmn")).content
    changed = drawn.decode().replace("&lt; 100000000", "&lt; 80000000")
    changed = changed.replace("&gt;= 100000000", "&gt;= 80000000").encode()
    shown = client.post(address(version), {"file": SimpleUploadedFile("表.dmn", changed)})
    assert "<ins>&lt;80万元</ins>" in words(shown)


def test_a_program_reads_and_changes_a_procedure_by_the_same_rules(city, client, bureau):
    listed = {one["key"]: one for one in client.get("/api/v1/approvals/procedures").json()}
    where = f"/api/v1/approvals/procedures/{listed['card_entry']['id']}"
    text = client.get(where).json()["text"]

    def put(text):
        return client.post(where, {"text": text}, content_type="application/json")

    assert put("key = [").status_code == 422
    assert put(text + "\n# 修订\n").json()["version"] == 2
    assert put(text).status_code == 409  # the first version is no longer in force
    client.force_login(city.sign(Role.UNIT_HEAD, city.unit).member)
    assert put(text).status_code == 403


@pytest.mark.clause("N-2")
def test_an_office_adds_a_step_to_the_chain_by_uploading_the_table_of_steps(
    city, client, bureau, concluded
):
    version = version_of("card_entry")
    book = client.get(address(version, "file.xlsx")).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    step = dict.fromkeys(rows[0], "") | {
        "环节代码": "record",
        "环节名称": "主管部门备案",
        "类型": "审查",
        "办理层级": "主管部门",
        "办理岗位": "主管部门审核人",
        "时限": "5个工作日",
        "可退回至": "申请人",
    }
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as changed:
        sheet = changed.add_worksheet()
        for number, row in enumerate([*rows, list(step.values())]):
            sheet.write_row(number, 0, [str(cell) for cell in row])
    file = SimpleUploadedFile("流程.xlsx", out.getvalue())
    shown = client.post(address(version), {"file": file})
    assert "＋ 新增</b> 主管部门备案" in words(shown)
    text = shown.context["text"]
    client.post(address(version), {"text": text, "confirmed": "1", "instead_of": version.id})
    case = commands.open_case(
        Matter.CARD_ENTRY,
        subject_id=new_id(),
        title="门诊数据",
        organization=city.unit,
        facts={},
        by=city.sign(Role.ASSET_KEEPER, city.unit),
    )
    for role in (Role.FINANCE_OFFICER, Role.SECURITY_OFFICER, Role.UNIT_HEAD):
        by = city.sign(role, city.unit)
        case = commands.decide(case, case.tasks.get(role=role).step, Verdict.APPROVE, by=by)
    [task] = case.tasks.all()
    assert (task.step, task.organization) == ("record", city.department)
