"""The ODRL Information Model 2.2 as far as a policy of ours uses it: what is missing or wrong.

W3C Recommendation of 15 February 2018, sections 2.1 to 2.7 and the core and common vocabularies.
"""

from collections.abc import Iterator, Mapping
from typing import Any

POLICIES = {"Policy", "Set", "Offer", "Agreement", "Request"}
OPERATORS = {
    "eq", "gt", "gteq", "hasPart", "isA", "isAllOf", "isAnyOf", "isNoneOf", "isPartOf", "lt",
    "lteq", "neq",
}  # fmt: skip
LEFT_OPERANDS = {
    "absolutePosition", "absoluteSpatialPosition", "absoluteTemporalPosition", "absoluteSize",
    "count", "dateTime", "delayPeriod", "deliveryChannel", "elapsedTime", "event", "fileFormat",
    "industry", "language", "media", "meteredTime", "payAmount", "percentage", "product",
    "purpose", "recipient", "relativePosition", "spatial", "spatialCoordinates", "systemDevice",
    "timeInterval", "unitOfCount", "version", "virtualLocation",
}  # fmt: skip
ACTIONS = {
    "use", "transfer", "acceptTracking", "aggregate", "annotate", "anonymize", "archive",
    "attribute", "compensate", "concurrentUse", "delete", "derive", "digitize", "display",
    "distribute", "ensureExclusivity", "execute", "extract", "give", "grantUse", "include",
    "index", "inform", "install", "modify", "move", "nextPolicy", "obtainConsent", "play",
    "present", "print", "read", "reproduce", "reviewPolicy", "sell", "stream", "synchronize",
    "textToSpeech", "transform", "translate", "uninstall", "watermark",
}  # fmt: skip


def faults_of(policy: Mapping[str, Any]) -> list[str]:
    """Return what makes `policy` no well-formed ODRL policy; nothing if it is one."""
    return list(_policy(policy))


def _policy(policy: Mapping[str, Any]) -> Iterator[str]:
    if "http://www.w3.org/ns/odrl.jsonld" not in policy.get("@context", []):
        yield "the context of ODRL is missing"
    if policy.get("@type") not in POLICIES:
        yield f"no policy: {policy.get('@type')}"
    if not _is_iri(policy.get("uid")):
        yield "a policy has one uid, an IRI"
    # 2.1: a profile is named where terms outside the vocabularies are used.
    profile = policy.get("profile")
    rules = [(kind, rule) for kind in ("permission", "prohibition", "obligation")
             for rule in policy.get(kind, [])]  # fmt: skip
    if not rules:
        yield "a policy has at least one rule"
    if policy.get("@type") == "Agreement":
        for function in ("assigner", "assignee"):
            if not all(_is_party(rule.get(function, policy.get(function))) for _, rule in rules):
                yield f"each rule of an agreement has an {function}"
    if policy.get("@type") in ("Request", "Offer") and not any(
        _is_party(policy.get(function)) for function in ("assigner", "assignee")
    ):
        yield "an offer has an assigner, a request an assignee"
    for kind, rule in rules:
        if kind != "obligation" and "target" not in rule:
            yield f"a {kind} has a target"
        yield from _rule(rule, profile)
        if kind != "permission" and "duty" in rule:
            yield "only a permission has duties"


def _rule(rule: Mapping[str, Any], profile: object) -> Iterator[str]:
    yield from _action(rule.get("action"), profile)
    for constraint in rule.get("constraint", []):
        yield from _constraint(constraint, profile)
    if isinstance(rule.get("target"), Mapping):
        target = rule["target"]
        if target.get("@type") == "AssetCollection" and not _is_iri(target.get("source")):
            yield "a refined collection has a source"
        for refinement in target.get("refinement", []):
            yield from _constraint(refinement, profile)
    for duty in rule.get("duty", []):
        yield from _rule(duty, profile)


def _action(action: object, profile: object) -> Iterator[str]:
    match action:
        case list() if action:
            for one in action:
                yield from _action(one, profile)
        case Mapping():
            named = action.get("rdf:value", {}).get("@id", "")
            yield from _action(str(named).removeprefix("odrl:"), profile)
            for refinement in action.get("refinement", []):
                yield from _constraint(refinement, profile)
        case str() if action in ACTIONS or (_is_iri(action) and profile):
            return
        case _:
            yield f"no action: {action}"


def _constraint(constraint: Mapping[str, Any], profile: object) -> Iterator[str]:
    left = constraint.get("leftOperand")
    if left not in LEFT_OPERANDS and not (profile and str(left).startswith(str(profile))):
        yield f"no left operand: {left}"
    if constraint.get("operator") not in OPERATORS:
        yield f"no operator: {constraint.get('operator')}"
    if ("rightOperand" in constraint) == ("rightOperandReference" in constraint):
        yield f"{left} has one right operand, or a reference to it"
    right = constraint.get("rightOperand")
    if isinstance(right, list) and constraint.get("operator") not in (
        "isA", "isAllOf", "isAnyOf", "isNoneOf", "isPartOf", "hasPart",
    ):  # fmt: skip
        yield f"{left}: several values need a set operator"
    if left == "dateTime" and not (isinstance(right, Mapping) and right.get("@type")):
        yield "a date has its xsd type"


def _is_party(party: object) -> bool:
    return _is_iri(party.get("uid")) if isinstance(party, Mapping) else _is_iri(party)


def _is_iri(value: object) -> bool:
    return isinstance(value, str) and ":" in value and " " not in value
