"""Each grant as an ODRL policy: well-formed by the information model, and saying what it grants."""

import copy

import pytest

from shuce.kernel.money import Money
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.odrl import odrl_of
from shuce.lifecycle.rights.rules import FeeBasis, GrantState, PurposeKind, Right
from tests.lifecycle import granted
from tests.lifecycle.rights.odrl_model import faults_of


def paid(grant: Grant) -> Grant:
    grant.fee_basis, grant.fee = FeeBasis.PAID, Money(250_000_00)
    return grant


@pytest.mark.clause("N-5", "G-5")
def test_every_kind_of_grant_is_a_well_formed_policy(world):
    requested = granted.assessed(world) and granted.requested(world)
    assert odrl_of(requested)["@type"] == "Request"
    assert faults_of(odrl_of(requested)) == []
    granted.finish("grant_right", requested.id)
    free = granted.fresh(requested)
    assert odrl_of(free)["@type"] == "Agreement"
    for grant in (free, paid(granted.fresh(free))):
        for right in (Right.PROCESSING, Right.OPERATING):
            for state in GrantState:
                grant.right, grant.state, grant.sub_granting = right, state, True
                assert faults_of(odrl_of(grant)) == []


def test_purpose_place_days_and_duties_are_in_the_policy(world):
    grant = granted.granted(world, region_code="310101", purpose_kind=PurposeKind.PUBLIC)
    [permission] = odrl_of(grant)["permission"]
    limits = {
        (c["leftOperand"], c["operator"]): c["rightOperand"] for c in permission["constraint"]
    }
    assert limits["spatial", "eq"].endswith(":310101")
    assert limits["purpose", "eq"].endswith(":PUBLIC")
    assert limits["dateTime", "gteq"]["@value"] == grant.starts_on.isoformat()
    assert limits["dateTime", "lt"]["@value"] == grant.ends_on.isoformat()
    assert [duty["action"] for duty in permission["duty"]] == ["inform", "delete"]
    pay, *_ = odrl_of(paid(grant))["permission"][0]["duty"]
    assert pay["action"][0]["refinement"][0]["rightOperand"]["@value"] == "250000"


def _without(*path):
    def spoil(policy):
        for part in path[:-1]:
            policy = policy[part]
        del policy[path[-1]]

    return spoil


def _with(value, *path):
    def spoil(policy):
        for part in path[:-1]:
            policy = policy[part]
        policy[path[-1]] = value

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _without("uid"),
        _without("assignee"),
        _without("permission", 0, "target"),
        _without("permission", 0, "constraint", 0, "rightOperand"),
        _with("between", "permission", 0, "constraint", 0, "operator"),
        _with("weekday", "permission", 0, "constraint", 0, "leftOperand"),
        _with("peek", "permission", 0, "action"),
        _with([], "@context"),
    ],
)
def test_a_spoilt_policy_is_told_apart(world, spoil):
    policy = copy.deepcopy(odrl_of(granted.granted(world)))
    assert faults_of(policy) == []
    spoil(policy)
    assert faults_of(policy)
