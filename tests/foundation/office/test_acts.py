import re

import pytest

from shuce.foundation.organizations.models import Member

pytestmark = [pytest.mark.urls("tests.foundation.office.pages"), pytest.mark.django_db]

GOOD = {"purpose": "TRAFFIC", "fee": "1,234.50", "starts_on": "2026-03-05", "reason": "研究"}


@pytest.fixture
def reader(client, city):
    client.force_login(Member.objects.get(username="system"))
    return client


def test_a_form_ties_label_help_and_mark_to_each_input(reader):
    page = reader.get("/ask").content.decode()
    assert '<label class="form-label required" for="id_purpose">用途</label>' in page
    assert 'aria-describedby="id_purpose_helptext"' in page
    assert 'id="id_purpose_helptext"' in page
    assert 'type="date" name="starts_on" value="2026-03-05"' in page
    assert 'enctype="multipart/form-data"' in page
    assert "<legend>内容</legend>" in page


def test_a_right_form_is_done_and_the_reader_told(reader):
    answer = reader.post("/ask", GOOD, follow=True)
    assert answer.redirect_chain == [("/bodies", 302)]
    assert "费用 ¥1,234.50" in answer.content.decode()


def test_a_wrong_form_comes_back_with_what_was_typed(reader):
    answer = reader.post("/ask", GOOD | {"fee": "一千", "reason": "<b>研究"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="一千"' in page
    assert "&lt;b&gt;研究" in page
    assert 'aria-invalid="true"' in page
    assert re.search(r'aria-describedby="id_fee_error"', page)
    assert 'id="id_fee_error"' in page


@pytest.mark.parametrize("fee", ["-1", "0.001", "NaN", "1e99", "１２"])
def test_no_amount_is_taken_that_cannot_be_paid(reader, fee):
    status = reader.post("/ask", GOOD | {"fee": fee}).status_code
    assert status == (302 if fee == "１２" else 422)


def test_a_refusal_about_an_input_stands_beside_it_with_its_source(reader):
    answer = reader.post("/ask", GOOD | {"purpose": "PLEDGE"})
    page = answer.content.decode()
    assert answer.status_code == 422
    error = re.search(r'id="id_purpose_error"[^>]*>(.*?)</div></div>', page)
    assert error
    assert "数据资产不得用于担保（财资〔2024〕1号（四））" in error[1]
    assert "1,234.50" in page


def test_a_refusal_about_all_stands_above_with_its_clause_and_status(reader):
    answer = reader.post("/ask", GOOD | {"purpose": "EXPIRED"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "安全评估已过期（2026-01-01）" in page
    assert "财资〔2024〕1号（四） 规范使用" in page
    assert "研究" in page


def test_htmx_is_sent_on_by_header(reader):
    answer = reader.post("/ask", GOOD, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/bodies")


def test_a_button_is_pressed_by_post_only(reader):
    assert reader.get("/press/yes").status_code == 405
    answer = reader.post("/press/yes", follow=True)
    assert "已撤销" in answer.content.decode()


def test_a_refused_button_leads_back_with_the_reasons(reader):
    answer = reader.post("/press/no", headers={"referer": "http://testserver/bodies"}, follow=True)
    assert answer.redirect_chain == [("http://testserver/bodies", 302)]
    assert "安全评估已过期（2026-01-01）（财资〔2024〕1号（四））" in answer.content.decode()


def test_a_refused_button_never_leads_to_another_site(reader):
    answer = reader.post("/press/no", headers={"referer": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_htmx_gets_the_reasons_of_a_refused_button(reader):
    answer = reader.post("/press/no", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#messages")
    assert "<html" not in answer.content.decode()


def test_what_the_reader_may_not_see_is_not_found_by_a_button_either(reader):
    assert reader.post("/press/gone").status_code == 404


def test_a_thing_shows_its_state_facts_and_why_a_button_is_grey(reader):
    page = reader.get("/bodies/X").content.decode()
    assert "2026年3月5日" in page
    assert "¥0.05" in page
    assert 'data-confirm="确定？"' in page
    grey = re.search(r'title="([^"]*)" tabindex="0" data-why>(.*?)</button>', page)
    assert grey
    assert "安全评估已过期（2026-01-01）（N-4）" in grey[1]
    assert 'aria-disabled="true"' in grey[2]
