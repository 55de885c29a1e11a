"""Every operation of the API that names a thing: a stranger with a well-formed request gets 404."""

import ast
import json
import re
import sys
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shuce.foundation.organizations.permissions import Role
from shuce.kernel.choices import Choice
from shuce.web.api import api
from shuce.web.catalogue import SOURCE
from tests.web.test_strangers import PUBLIC, known_ids, whole_life


@pytest.fixture
def whole(home, db, monkeypatch):
    return whole_life(home, monkeypatch)


def test_every_operation_is_404_for_a_stranger(whole, client):
    known = known_ids(whole)
    schema = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    strangers = [
        whole.city.sign("jtzx", Role.ASSET_KEEPER).member,
        whole.city.sign("pjyy", Role.OPERATOR_ANALYST).member,
    ]
    walked, leaks = set(), []
    for path, operations in schema["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        if not set(names) & set(known) or PUBLIC.search(path):
            continue
        for method, operation in operations.items():
            address = _address(path, operation, schema, known)
            body = _body(operation, schema)
            for stranger in strangers:
                client.force_login(stranger)
                answer = _send(client, method, address, body, operation)
                walked.add((method, path))
                if answer.status_code != 404:
                    leaks.append((method, path, answer.status_code, answer.content[:200]))
    assert len(walked) > 60
    assert not leaks, "\n".join(map(str, leaks))


def _send(client, method, address, body, operation):
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return client.post(address, {"file": SimpleUploadedFile("证明.txt", b"text")})
    text = json.dumps(body)
    return client.generic(method.upper(), address, text, content_type="application/json")


def _address(path, operation, schema, known):
    kinds = {one["name"]: one.get("schema", {}) for one in operation.get("parameters", [])}

    def value(match):
        name = match.group(1)
        return str(known.get(name) or _example(kinds.get(name, {}), schema))

    asked = [
        (one["name"], _example(one.get("schema", {}), schema))
        for one in operation.get("parameters", [])
        if one["in"] == "query" and one.get("required")
    ]
    return re.sub(r"\{(\w+)\}", value, path) + (f"?{urlencode(asked)}" if asked else "")


def _body(operation, schema):
    """A request that is right in form, so that only what it names can be wrong."""
    content = operation.get("requestBody", {}).get("content", {})
    return _example(content.get("application/json", {}).get("schema", {}), schema)


def _example(part, schema):
    if "$ref" in part:
        return _example(schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]], schema)
    for either in ("anyOf", "oneOf", "allOf"):
        if either in part:
            return _example(part[either][0], schema)
    if "enum" in part:
        return part["enum"][0]
    if "const" in part:
        return part["const"]
    match part.get("type"):
        case "object":
            wanted = part.get("required", [])
            return {name: _example(part["properties"][name], schema) for name in wanted}
        case "array":
            return [_example(part.get("items", {}), schema)] if part.get("minItems") else []
        case "integer" | "number":
            return part.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            days = {"date": "2026-05-01", "date-time": "2026-05-01T08:00:00+08:00"}
            return days.get(part.get("format", ""), "x" * max(1, part.get("minLength", 1)))
    return {}


def test_no_two_rooms_give_one_name_to_two_things():
    """One of them would hide the other in the OpenAPI document, and tell programs a wrong body."""
    named: dict[str, list[str]] = {}
    for file in sorted(SOURCE.rglob("*api.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                named.setdefault(node.name, []).append(file.parent.name)
    for choice in _choices():
        named.setdefault(choice.__name__, []).append(choice.__module__)
    assert {name: rooms for name, rooms in named.items() if len(rooms) > 1} == {}


def _choices():
    """Every list of words that an API takes or gives, once."""
    modules = [m for name, m in sys.modules.items() if name.startswith("shuce.") and "api" in name]
    found = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    return {one for one in found if issubclass(one, Choice)} - {Choice}
