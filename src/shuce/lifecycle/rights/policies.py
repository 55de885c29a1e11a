"""Turn a grant into the policy that its node accepts: who may do what with which column."""

from typing import Any

from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.register.words import Grade
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import chain_of
from shuce.lifecycle.rights.row_limits import filter_text
from shuce.lifecycle.rights.rules import IDENTIFYING_TYPES, MINIMUM_GROUP

Policy = dict[str, Any]
_NUMBERS = ("INT", "DOUBLE", "DECIMAL", "FLOAT", "REAL", "NUMERIC", "HUGEINT")


def policy_of(grant: Grant) -> tuple[Policy, dict[str, tuple[str, str]]]:
    """Return the policy of a grant, and which source table each policy table is bound to.

    Identifying columns count people and do nothing else; numbers aggregate, clamped to the range
    the scan saw; every other column may group and filter. What the grant does not name is absent.
    The rows are those that every grant of the chain reaches: a sub-grant never reaches more.
    """
    resource = grant.card.resource
    assert resource is not None, "only an asset with data can be granted"
    granted = set(grant.columns)
    columns = columns_of(grant.card)
    key = _subject_key(columns)
    chain = chain_of(grant)
    # People are counted together with another holder's only if the whole chain of grants says so.
    joins = all(one.blending for one in chain)
    limits = [limit for one in chain for limit in one.row_limits]
    read = granted | {key} | {limit.column for limit in limits}
    table: Policy = {
        "columns": {
            column["name"]: _uses(column, is_key=column["name"] == key, joins=joins)
            # A column that only the limits read may do nothing else.
            if column["name"] in granted or column["name"] == key
            else {"use": []}
            for column in columns
            if column["name"] in read
        }
    }
    if limits:
        types = {column["name"]: str(column["sql_type"]) for column in columns}
        table["row_filter"] = filter_text(dict.fromkeys(limits), types)
    policy: Policy = {
        "grant": grant.number,
        "purpose": grant.purpose,
        "starts_on": grant.starts_on.isoformat(),
        "ends_on": grant.ends_on.isoformat(),
        "subject": {"table": resource.table_name, "key": key},
        "minimum_group": _minimum_group(grant),
        "tables": {resource.table_name: table},
        "joins": [],
        "privacy": {"mode": "threshold", "epsilon_total": 10.0, "epsilon_per_query": 0.5},
        "limits": {
            "seconds": 20,
            "memory_mb": 1024,
            "result_rows": 1000,
            "queries_per_day": 500,
        },
    }
    return policy, {resource.table_name: (resource.source_id, resource.table_name)}


def _minimum_group(grant: Grant) -> int:
    # A grade above those that may be granted stops all use; what is shown is the strictest.
    return MINIMUM_GROUP.get(Grade(grant.card.grade), max(MINIMUM_GROUP.values()))


def _subject_key(columns: list[dict[str, Any]]) -> str:
    """The column that says whom a row is about: a person's number, a name, else the rows' key.

    Without either, the first column stands for the row itself: every row is a subject of its own.
    """
    order = ("id_card", "passport", "insurance_no", "mobile", "uscc", "person_name")
    for wanted in order:
        for column in columns:
            if column.get("type") == wanted:
                return str(column["name"])
    for column in columns:
        if column.get("key"):
            return str(column["name"])
    return str(columns[0]["name"])


def _uses(column: dict[str, Any], *, is_key: bool, joins: bool) -> dict[str, Any]:
    if is_key:
        return {"use": ["count_distinct", *(["join"] if joins else [])]}
    if column.get("type") in IDENTIFYING_TYPES:
        return {"use": []}
    profile = column.get("profile") or {}
    low: Any = profile.get("min")
    high: Any = profile.get("max")
    if str(column["sql_type"]).upper().startswith(_NUMBERS) and _is_number(low, high):
        distinct = profile.get("distinct") or 0
        # A number with few values is a code, which may group; with many it is a measure.
        use = ["aggregate"] if distinct > 50 else ["group", "filter", "aggregate"]
        return {"use": use, "bounds": [float(low), float(high)]}
    return {"use": ["group", "filter"]}


def _is_number(*values: Any) -> bool:
    try:
        return all(float(value) == float(value) for value in values)
    except (TypeError, ValueError):
        return False
