"""Whatever a program sends, the API answers with a result, a refusal or a fault of form: no bug."""

import json
from urllib.parse import urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from shuce.foundation.organizations.permissions import Role
from shuce.web.api import api


def described():
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def send(client, case):
    """Send what was made up for an operation; an error in our code is raised here."""
    headers = {k: str(v) for k, v in (case.headers or {}).items() if str(v).isascii()}
    address = f"{case.formatted_path}?{urlencode(case.query or {}, doseq=True)}"
    body = case.body if isinstance(case.body, dict | list) else {}
    return client.generic(
        case.method, address, json.dumps(body), content_type="application/json", headers=headers
    )


def test_no_made_up_request_is_a_bug(city, client):
    schema = schemathesis.openapi.from_dict(described())
    signers = [
        city.sign(Role.DATA_STEWARD, city.unit).member,
        city.sign(Role.BUREAU_REVIEWER, city.bureau).member,
    ]
    sent = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=3,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def each(case):
            nonlocal sent
            for signer in signers:
                client.force_login(signer)
                answer = send(client, case)
                assert answer.status_code < 500, (case.method, case.formatted_path)
                sent += 1

        each()
    assert sent > 500


def test_a_list_gives_at_most_two_hundred_rows_and_says_so(city, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    lists = {
        path: {one["name"]: "卡" for one in _asked(operations) if one.get("required")}
        for path, operations in described()["paths"].items()
        if any(one["name"] == "offset" for one in _asked(operations)) and "{" not in path
    }
    assert len(lists) > 10
    for path, needed in lists.items():
        assert client.get(path, needed | {"limit": 200}).status_code in (200, 403), path
        for wrong in ({"limit": 201}, {"limit": 0}, {"offset": -1}, {"offset": 10**30}):
            assert client.get(path, needed | wrong).status_code == 422, (path, wrong)


def _asked(operations):
    return operations.get("get", {}).get("parameters", [])
