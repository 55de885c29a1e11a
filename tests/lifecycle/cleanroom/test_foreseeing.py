"""What a question will cost and how exact it will be is told before it is asked."""

import pytest
from django.urls import reverse

from shuce.engines.guard.verdicts import Rule
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.cleanroom import commands
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.rights import policies
from shuce.lifecycle.sources.nodes import node_here
from tests.lifecycle import granted
from tests.lifecycle.granted import BY_DISTRICT, ROWS_WANTED


@pytest.fixture
def noisy(world, monkeypatch):
    """A grant whose figures bear noise and cost of its budget."""
    made = policies.policy_of

    def with_noise(grant):
        policy, bindings = made(grant)
        policy["privacy"] = {"mode": "dp", "epsilon_total": 2.0, "epsilon_per_query": 0.5}
        return policy, bindings

    monkeypatch.setattr("shuce.lifecycle.rights.requesting.policy_of", with_noise)
    monkeypatch.setattr("shuce.foundation.organizations.requests.now", lambda: granted.make.NOON)
    return granted.granted(world)


@pytest.mark.clause("G-8")
def test_cost_error_and_budget_are_told_and_nothing_is_spent(world, noisy):
    foresight = commands.foresee_question(noisy, BY_DISTRICT, by=world.analyst)
    assert foresight.may_be_asked
    assert (foresight.epsilon, foresight.epsilon_left) == (0.5, 2.0)
    assert [error.column for error in foresight.errors] == ["total"]
    assert foresight.errors[0].at(20) > 0
    assert node_here().budget_of(noisy.id) == (0.0, 2.0)
    assert not Question.objects.exists()
    commands.ask_question(noisy, BY_DISTRICT, by=world.analyst)
    again = commands.foresee_question(noisy, BY_DISTRICT, by=world.analyst)
    assert (again.is_known, again.epsilon, again.epsilon_left) == (True, 0.0, 1.5)


@pytest.mark.clause("G-8", "N-9")
def test_a_refusal_is_foreseen_with_its_rule(world, grant):
    foresight = commands.foresee_question(grant, ROWS_WANTED, by=world.analyst)
    assert foresight.rule in list(Rule)
    assert foresight.reason
    assert node_here().jobs(grant.id) == []


@pytest.mark.clause("N-4", "G-13")
def test_nothing_is_foreseen_under_a_grant_that_stopped_nor_for_others(world, grant):
    with pytest.raises(NotPermitted):
        commands.foresee_question(grant, BY_DISTRICT, by=world.agent)
    rights.suspend_grant(grant, "核查", by=world.officer)
    with pytest.raises(Refused, match="已暂停"):
        commands.foresee_question(grant, BY_DISTRICT, by=world.analyst)


def test_the_desk_and_the_api_tell_it(world, noisy, client):
    client.force_login(world.analyst.member)
    here = reverse("cleanroom:foresee", args=[noisy.id])
    told = client.post(here, {"sql": BY_DISTRICT}).content.decode()
    assert "ε = 0.5" in told
    assert "± " in told
    assert "会被拒绝" in client.post(here, {"sql": ROWS_WANTED}).content.decode()
    assert client.post(here, {"sql": " "}).content.decode().strip() == ""
    assert client.get(here).status_code == 405
    told = client.post(
        f"/api/v1/cleanroom/grants/{noisy.id}/foresee", {"sql": BY_DISTRICT}, "application/json"
    ).json()
    assert told["epsilon"] == 0.5
    assert told["errors"][0]["column"] == "total"
