"""Which rows a grant reaches: chosen, never typed as SQL, and never more than its source's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Refused
from shuce.lifecycle.cleanroom.commands import ask_question
from shuce.lifecycle.cleanroom.rules import Verdict
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.policies import policy_of
from shuce.lifecycle.rights.row_limits import (
    RowLimit,
    RowTest,
    as_data,
    filter_text,
    from_data,
    obstacles_in_rows,
)
from tests import make
from tests.lifecycle import granted
from tests.lifecycle.granted import BY_DISTRICT
from tests.lifecycle.rights.test_pages import typed

TYPES = {"district": "TEXT", "age": "INTEGER"}
TWO = RowLimit("district", RowTest.IS, ("黄浦", "徐汇"))
OLD = RowLimit("age", RowTest.FROM, ("60",))


@pytest.mark.clause("N-5")
@pytest.mark.parametrize(
    "limit",
    [
        RowLimit("wage", RowTest.IS, ("1",)),
        RowLimit("age", RowTest.IS, ("old",)),
        RowLimit("age", RowTest.FROM, ("1", "2")),
        RowLimit("age", RowTest.BELOW, ("NaN",)),
        RowLimit("district", RowTest.IS, ()),
        RowLimit("district", RowTest.IS, ("x",) * 51),
    ],
)
def test_a_limit_names_a_column_and_values_it_can_have(limit):
    assert not list(obstacles_in_rows((TWO, OLD), TYPES))
    assert [one.field for one in obstacles_in_rows((limit,), TYPES)] == ["rows"]
    assert list(obstacles_in_rows((TWO,) * 6, TYPES))


def test_values_are_quoted_and_numbers_are_numbers():
    sly = RowLimit("district", RowTest.IS_NOT, ("' OR 1=1 --",))
    text = filter_text((TWO, OLD, sly), TYPES)
    assert text == (
        "\"district\" IN ('黄浦', '徐汇') AND \"age\" >= 60"
        " AND \"district\" NOT IN (''' OR 1=1 --')"
    )
    assert filter_text((), TYPES) == ""
    assert from_data(as_data((TWO, OLD))) == (TWO, OLD)


@pytest.mark.clause("N-5", "N-4")
def test_a_grant_reaches_its_rows_and_a_sub_grant_those_of_both(world):
    source = granted.granted(world, world.city.other_operator, sub_granting=True, rows=(TWO,))
    grant = granted.granted(world, source=source, rows=(OLD,))
    policy, _ = policy_of(grant)
    [table] = policy["tables"].values()
    assert table["row_filter"] == "\"district\" IN ('黄浦', '徐汇') AND \"age\" >= 60"
    by = world.sign(Role.OPERATOR_ANALYST, world.city.operator)
    totals = dict(ask_question(grant, BY_DISTRICT, by=by).rows)
    assert set(totals) <= {"黄浦", "徐汇"}
    assert 0 < sum(totals.values()) < 200
    with pytest.raises(Refused) as refusal:
        granted.requested(world, source=source, rows=(RowLimit("wage", RowTest.IS, ("1",)),))
    assert [one.field for one in refusal.value.obstacles] == ["rows"]


@pytest.mark.clause("N-5")
def test_a_column_that_only_limits_rows_can_be_asked_nothing(world):
    grant = granted.granted(world, columns=("age",), rows=(TWO,))
    by = world.sign(Role.OPERATOR_ANALYST, world.city.operator)
    assert ask_question(grant, BY_DISTRICT, by=by).verdict == Verdict.REFUSED
    assert (
        ask_question(grant, "SELECT COUNT(*) AS n FROM persons", by=by).verdict == Verdict.RELEASED
    )


def test_rows_are_chosen_on_the_form(world, client, monkeypatch):
    monkeypatch.setattr(requests, "now", lambda: make.NOON + timedelta(hours=1))
    granted.assessed(world)
    client.force_login(world.agent.member)
    ask = reverse("rights:request", args=[world.card_id])
    half = client.post(ask, typed(row_column_0="district", row_test_0="IS"))
    assert half.status_code == 422
    assert "请填齐这个条件" in half.content.decode()
    chosen = {"row_column_0": "district", "row_test_0": "IS", "row_values_0": "黄浦、徐汇"}
    done = client.post(ask, typed(**chosen))
    grant = Grant.objects.get()
    assert grant.row_limits == (TWO,)
    assert "district 是其中之一 黄浦、徐汇" in client.get(done["Location"]).content.decode()
    shown = client.get(f"/api/v1/rights/grants/{grant.id}").json()
    assert shown["rows"] == [{"column": "district", "test": "IS", "values": ["黄浦", "徐汇"]}]
