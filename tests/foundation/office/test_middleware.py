import logging
import re

import pytest
from django.test import RequestFactory

from shuce.foundation.office.middleware import refusals
from shuce.foundation.organizations.models import Member

pytestmark = [pytest.mark.urls("tests.foundation.office.pages"), pytest.mark.django_db]


@pytest.fixture
def reader(client, city):
    client.force_login(Member.objects.get(username="system"))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_a_refusal_becomes_a_page_that_cites_its_clause(reader, status):
    answer = reader.get(f"/refuse/{status}")
    assert answer.status_code == status
    assert "安全评估已过期（2026-01-01）" in answer.content.decode()
    assert "财资〔2024〕1号（四）" in answer.content.decode()


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_a_program_gets_the_same_words_as_json(reader, status):
    answer = reader.get(f"/api/refuse/{status}")
    assert answer.status_code == status
    assert answer.json() == {
        "obstacles": [{"reason": "安全评估已过期（2026-01-01）", "clause": "N-4", "field": ""}]
    }


def test_a_bug_shows_a_number_and_nothing_else_and_the_log_knows_it(reader, caplog):
    with caplog.at_level(logging.ERROR, "shuce.incidents"):
        answer = reader.get("/fail")
    page = answer.content.decode()
    assert answer.status_code == 500
    number = re.search(r"<code>([0-9A-F]{8})</code>", page)
    assert number
    assert number[1] in caplog.text
    assert "the secret of the house" in caplog.text
    assert "the secret of the house" not in page
    assert "Traceback" not in page


def test_a_bug_in_the_api_gives_a_program_the_number(reader):
    answer = reader.get("/api/fail")
    assert answer.status_code == 500
    assert re.fullmatch("[0-9A-F]{8}", answer.json()["incident"])


def test_a_tester_sees_the_bug_itself(client, city):
    with pytest.raises(ZeroDivisionError):
        client.get("/fail")


def test_an_unknown_address_has_a_page_of_its_own(reader):
    answer = reader.get("/no/such/page")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_django_answers_its_own_exceptions(rf: RequestFactory):
    from django.core.exceptions import PermissionDenied

    middleware = refusals(lambda request: pytest.fail("not called"))
    assert middleware.process_exception(rf.get("/"), PermissionDenied()) is None


def test_sign_in_is_in_our_look_and_offers_no_sign_up(client):
    page = client.get("/accounts/login/").content.decode()
    assert "数据资产登记管理" in page
    assert "form-control" in page
    assert "/accounts/signup/" not in page


def test_pages_carry_no_inline_script_and_nothing_from_elsewhere(reader):
    for address in ("/bodies", "/ask", "/bodies/X", "/accounts/login/"):
        page = reader.get(address).content.decode()
        for script in re.findall(r"<script\b([^>]*)>", page):
            assert "src=" in script or 'type="application/json"' in script
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
        assert not re.search(r"\son\w+=", page)
