"""A grant as an ODRL 2.2 policy in JSON-LD, for catalogues and connectors outside.

W3C ODRL Information Model 2.2 (actions, constraints, parties); the columns are named by an
operand of our own profile, as the model asks where its vocabulary has none.
"""

from typing import Any

from shuce.foundation.organizations.models import Organization
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.rules import FeeBasis, GrantState, Right

CONTEXT = [
    "http://www.w3.org/ns/odrl.jsonld",
    {
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "dct": "http://purl.org/dc/terms/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    },
]
PROFILE = "urn:shuce:odrl:1"
_ACTIONS = {
    Right.PROCESSING: ["derive", "aggregate"],
    Right.OPERATING: ["derive", "aggregate", "sell", "distribute"],
}


def odrl_of(grant: Grant) -> dict[str, Any]:
    """Return the policy of a grant: an Agreement once approved, a Request before."""
    given = {"assigner": _party(grant.card.holder), "assignee": _party(grant.operator)}
    permission: dict[str, Any] = {
        "target": _target(grant),
        "action": _actions(grant),
        "constraint": _constraints(grant),
        "duty": _duties(grant),
    }
    policy: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Agreement" if grant.number else "Request",
        "uid": f"urn:shuce:grant:{grant.id}",
        "profile": PROFILE,
        "dct:identifier": grant.number or "",
        "dct:created": {"@value": grant.requested_at.isoformat(), "@type": "xsd:dateTime"},
        **given,
        "permission": [permission],
        # What leaves is aggregates; the rows themselves never do, whoever asks.
        "prohibition": [{"target": _asset(grant), "action": "reproduce"}],
    }
    if grant.source_grant_id:
        policy["inheritFrom"] = f"urn:shuce:grant:{grant.source_grant_id}"
    if grant.state not in (GrantState.REQUESTED, GrantState.IN_FORCE):
        policy["dct:description"] = grant.state.label
    return policy


def _actions(grant: Grant) -> list[str]:
    more = ["grantUse"] if grant.sub_granting else []
    # Counted together with another asset, where both nodes do: ODRL's closest word is deriving.
    more += ["derive"] if grant.blending else []
    return [*dict.fromkeys([*_ACTIONS[Right(grant.right)], *more])]


def _constraints(grant: Grant) -> list[dict[str, Any]]:
    return [
        _constraint("dateTime", "gteq", _day(grant.starts_on.isoformat())),
        _constraint("dateTime", "lt", _day(grant.ends_on.isoformat())),
        _constraint("purpose", "eq", f"{PROFILE}:purpose:{grant.purpose_kind.value}")
        | {"dct:description": grant.purpose},
        _constraint("spatial", "eq", f"urn:shuce:region:{grant.region_code}"),
    ]


def _target(grant: Grant) -> dict[str, Any]:
    """The asset, narrowed to the columns granted."""
    chosen = {"leftOperand": f"{PROFILE}:column", "operator": "isAnyOf"}
    return {
        "@type": "AssetCollection",
        "source": _asset(grant),
        "dct:title": grant.card.name,
        "refinement": [{**chosen, "rightOperand": list(grant.columns)}],
    }


def _duties(grant: Grant) -> list[dict[str, Any]]:
    """What the operator owes: the fee, reports of use, and the data's deletion once it is over."""
    over = _constraint("dateTime", "gteq", _day(grant.ends_on.isoformat()))
    owed: list[dict[str, Any]] = [
        {"action": "inform", "dct:description": "使用情况回到资产卡片"},
        {"action": "delete", "constraint": [over], "dct:description": "退出时清除副本和密钥"},
    ]
    return [_payment(grant), *owed] if grant.fee_basis == FeeBasis.PAID else owed


def _payment(grant: Grant) -> dict[str, Any]:
    amount = {"@value": str(grant.fee.yuan), "@type": "xsd:decimal"}
    pay = _constraint("payAmount", "eq", amount) | {"unit": "urn:iso:std:iso:4217:CNY"}
    return {"action": [{"rdf:value": {"@id": "odrl:compensate"}, "refinement": [pay]}]}


def _constraint(left: str, operator: str, right: object) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _day(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:date"}


def _asset(grant: Grant) -> str:
    return f"urn:shuce:asset:{grant.card_id}"


def _party(body: Organization) -> dict[str, Any]:
    return {
        "@type": ["Party", "vcard:Organization"],
        "uid": f"urn:shuce:organization:{body.id}",
        "vcard:fn": body.name,
        "dct:identifier": body.uscc,
    }
