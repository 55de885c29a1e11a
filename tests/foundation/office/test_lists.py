import io
from zipfile import ZipFile

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from shuce.foundation.office.filters import OfficeFilters
from shuce.foundation.organizations.models import Member, Organization

pytestmark = [pytest.mark.urls("tests.foundation.office.pages"), pytest.mark.django_db]


@pytest.fixture
def reader(client, city):
    client.force_login(Member.objects.get(username="system"))
    return client


def rows_of(response) -> list[list[object]]:
    content = io.BytesIO(b"".join(response.streaming_content))
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()


def test_a_list_shows_its_count_its_rows_and_its_filters(reader):
    page = reader.get("/bodies").content.decode()
    assert f"共 <b>{Organization.objects.count()}</b> 条" in page
    assert "市财政局" in page
    assert "名称或信用代码" in page
    assert ">全部<" in page, "the empty choice of a filter is in Chinese"


def test_a_long_list_is_counted_and_paged_so_far_and_exported_whole(reader, monkeypatch):
    monkeypatch.setattr("shuce.foundation.office.lists.MOST_COUNTED", 4)
    page = reader.get("/bodies").content.decode()
    assert "超过 <b>4</b> 条" in page
    everything = Organization.objects.count()
    assert everything > 4
    assert len(rows_of(reader.get("/bodies", {"export": "xlsx"}))) == everything + 1
    monkeypatch.setattr("shuce.foundation.office.lists.MOST_COUNTED", everything)
    assert f"共 <b>{everything}</b> 条" in reader.get("/bodies").content.decode()


def test_every_word_of_a_search_must_occur(reader, city):
    found = reader.get("/bodies", {"search": f"财政 {city.bureau.uscc[-4:]}"}).content.decode()
    assert "共 <b>1</b> 条" in found
    assert "没有符合条件的记录" in reader.get("/bodies", {"search": "财政 无此词"}).content.decode()


def test_filters_narrow_and_can_be_cleared(reader, city):
    page = reader.get("/bodies", {"kind": city.operator.kind}).content.decode()
    assert f"共 <b>{Organization.objects.filter(kind=city.operator.kind).count()}</b> 条" in page
    assert "清除筛选" in page


def test_an_empty_list_says_what_to_do_and_offers_it(reader):
    page = reader.get("/bodies", {"nothing": ""}).content.decode()
    assert "还没有组织。请先登记财政部门。" in page
    assert page.count("登记组织") == 2, "once at the head, once beneath the words"


def test_htmx_gets_the_list_alone_and_the_back_button_the_page(reader):
    fragment = reader.get("/bodies", headers={"hx-request": "true", "hx-target": "list"})
    assert "<html" not in fragment.content.decode()
    assert "HX-Request" in fragment["Vary"]
    restored = reader.get(
        "/bodies",
        headers={
            "hx-request": "true",
            "hx-target": "list",
            "hx-history-restore-request": "true",
        },
    )
    assert "<html" in restored.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "page=999",
        "page=-1",
        "page=x",
        "page=٣",
        "per_page=1000000000",
        "sort=nosuch",
        "kind=NOSUCH",
    ],
)
def test_an_address_somebody_made_up_still_shows_a_list(reader, query):
    assert reader.get(f"/bodies?{query}").status_code == 200


def test_sorting_goes_both_ways(reader):
    up = reader.get("/bodies?sort=uscc&export=xlsx")
    down = reader.get("/bodies?sort=-uscc&export=xlsx")
    assert rows_of(up)[1:] == rows_of(down)[:0:-1]


def test_the_export_holds_exactly_the_filtered_list(reader, city):
    answer = reader.get("/bodies", {"kind": city.operator.kind, "export": "xlsx", "page": "7"})
    assert "filename*=utf-8''%E7%BB%84%E7%BB%87.xlsx" in answer["Content-Disposition"]
    heading, *rows = rows_of(answer)
    assert heading == ["名称", "信用代码", "类别", "价值", "备注"]
    assert {row[0] for row in rows} == {city.operator.name, city.other_operator.name}
    assert rows[0][2] == city.operator.kind.label
    assert rows[0][3] == 1234.56


def test_a_text_that_looks_like_a_formula_stays_a_text(reader):
    file = ZipFile(io.BytesIO(b"".join(reader.get("/bodies?export=xlsx").streaming_content)))
    sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "HYPERLINK" in sheet
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in file.read("xl/styles.xml").decode()


def test_a_list_names_its_headings_in_english_for_an_english_reader(reader):
    reader.post("/i18n/setlang/", {"language": "en"})
    assert '<html lang="en">' in reader.get("/bodies").content.decode()


def test_yes_or_no_is_asked_as_all_yes_or_no(db):
    class People(OfficeFilters):
        class Meta:
            model = Member
            fields = ("is_active",)

    for name, is_active in (("here", True), ("gone", False)):
        Member.objects.create(username=name, is_active=is_active)
    found = {
        asked: {one.username for one in People({"is_active": asked}, Member.objects.all()).qs}
        for asked in ("", "true", "false")
    }
    assert found == {"": {"here", "gone"}, "true": {"here"}, "false": {"gone"}}
    with translation.override("zh-hans"):
        offered = [str(label) for _, label in People().form.fields["is_active"].widget.choices]
    assert offered == ["全部", "是", "否"]
