"""Text that no database keeps is answered with 400 on every way in, and never reaches a table."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.foundation.organizations.permissions import Role
from shuce.web.text import keepable

UNKEEPABLE = ["a\0b", "\0", "a\ud800", "\udfffb"]


@pytest.fixture
def signed(city, client):
    client.force_login(city.sign(Role.DATA_STEWARD, city.unit).member)
    return client


def bulk(client, text, field="opinion"):
    sent = {"picks": [{"case_id": "A", "step": "B"}], "verdict": "approve", "opinion": "同意"}
    if field == "step":
        sent["picks"][0]["step"] = text
    else:
        sent[field] = text
    return client.post(
        "/api/v1/approvals/tasks/decisions", json.dumps(sent), content_type="application/json"
    )


@pytest.mark.parametrize("text", UNKEEPABLE)
def test_a_body_with_text_that_cannot_be_kept_is_refused(signed, text):
    for field in ("opinion", "step"):
        assert bulk(signed, text, field).status_code == 400


def test_the_same_body_with_text_that_can_be_kept_is_read(signed):
    assert bulk(signed, "同意𠮷\\u0000").status_code not in (400, 500)


def test_an_address_or_a_form_with_nul_is_refused(signed):
    assert signed.get("/inbox/?q=%00").status_code == 400
    assert signed.get("/approvals/cases/%00/").status_code == 400
    assert signed.post("/approvals/bulk/", {"picks": ["a/\0"]}).status_code == 400


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_other_text_can_be_kept(text):
    assert keepable({text: [text, {"in": text}]})
    assert text.encode().decode() == text


@given(st.text(), st.sampled_from(UNKEEPABLE), st.text())
def test_one_bad_character_anywhere_is_found(before, bad, after):
    assert not keepable({"a": ["x", {before + bad + after: 1}]})
    assert not keepable([{"a": before + bad + after}])
