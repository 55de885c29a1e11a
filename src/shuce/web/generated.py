"""Docs made from the code: clauses, events and permissions. CI checks that they are fresh.

`./shuce docs` writes them; a test fails when one of them is not what this makes.
"""

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps

from shuce.foundation.evidence.recording import EVENTS, Event
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.kernel.clauses import Clause

ROOT = Path(__file__).resolve().parents[3]
_MADE = "<!-- Made by `./shuce docs` from the code. Do not edit. -->"


def documents() -> dict[str, str]:
    """Return every generated document by its file name."""
    return {
        "clauses.md": clauses(),
        "events.md": events(),
        "permissions.md": permissions(),
    }


def write(folder: Path = ROOT / "docs") -> list[str]:
    """Write the documents whose text changed; return their names."""
    folder.mkdir(exist_ok=True)
    changed = []
    for name, text in documents().items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def known_events() -> list[type[Event]]:
    """Return every event of every room, in order of kind."""
    for config in apps.get_app_configs():
        if config.name.startswith("shuce.") and find_spec(f"{config.name}.events"):
            import_module(f"{config.name}.events")
    # Tests may declare events of their own; the house's live in its rooms.
    ours = (event for event in EVENTS.values() if event.__module__.startswith("shuce."))
    return sorted(ours, key=lambda event: event.kind)


def clauses() -> str:
    """For each clause: the events that carry it out, where acts are refused by it, its tests."""
    by_clause: dict[Clause, list[type[Event]]] = {clause: [] for clause in Clause}
    for event in known_events():
        by_clause[event.clause].append(event)
    refusing, proving = refusals(), marked_tests()
    lines = [
        "# Clauses and what carries them out",
        _MADE,
        "Each event is left by a command that the clause asks for. *Refuses* names the modules that"
        " turn acts down by this clause. *Tests* are those marked with it.",
    ]
    for clause in Clause:
        lines.append(f"## {clause.value} {clause.chinese}\n\n{clause.citation}")
        told = [f"- `{event.kind}` {event.label}" for event in by_clause[clause]]
        lines.append("Events:\n\n" + "\n".join(told) if told else "No event of its own.")
        if refusing.get(clause):
            lines.append("Refuses: " + ", ".join(f"`{place}`" for place in refusing[clause]))
        if proving.get(clause):
            lines.append("Tests:\n\n" + "\n".join(_listed(proving[clause])))
        else:
            lines.append("No test is marked with it.")
    return _joined(lines)


def events() -> str:
    """Every event: what happened, by which clause, and the facts it keeps."""
    lines = [
        "# Events",
        _MADE,
        "What the evidence log can hold. Every event also keeps who signed, for which organization"
        " and when; facts are ids, numbers and words of the office, money in fen.",
    ]
    room = ""
    common = {field.name for field in dataclasses.fields(Event)}
    for event in known_events():
        here = event.kind.split(".")[0]
        if here != room:
            room = here
            lines.append(f"## {room}")
        facts = [field for field in dataclasses.fields(event) if field.name not in common]
        kept = ", ".join(f"`{field.name}`: {_type_name(field.type)}" for field in facts)
        lines.append(
            f"### {event.kind}\n\n{event.label} · {event.clause.value}\n\n"
            f"{inspect.getdoc(event)}\n\nFacts: {kept or 'none of its own'}"
        )
    return _joined(lines)


def permissions() -> str:
    """Roles by permissions: who may do what, where they hold the role and below."""
    lines = ["# Roles and permissions", _MADE]
    lines.append(
        "A person holds a role at a place in the tree; it reaches that place and all below."
        " Commands ask for permissions, never for roles."
    )
    for role in Role:
        held = sorted(role.permissions, key=list(Permission).index)
        names = "\n".join(f"- `{one.value}` {one.chinese}" for one in held)
        lines.append(f"## {role.value} {role.chinese}\n\n{names}")
    table = ["| permission | | roles |", "| --- | --- | --- |"]
    for permission in Permission:
        roles = "、".join(role.chinese for role in Role if permission in role.permissions)
        table.append(f"| `{permission.value}` | {permission.chinese} | {roles or '—'} |")
    lines.append("## By permission\n\n" + "\n".join(table))
    return _joined(lines)


def refusals() -> dict[Clause, list[str]]:
    """Return the modules that turn acts down by each clause: where an obstacle names it."""
    found: dict[Clause, set[str]] = {}
    source = ROOT / "src" / "shuce"
    for file in sorted(source.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call in _calls(tree, "Obstacle"):
            for argument in call.args[1:2]:
                clause = _clause_named(argument)
                if clause:
                    found.setdefault(clause, set()).add(file.relative_to(source).as_posix())
    return {clause: sorted(places) for clause, places in found.items()}


def marked_tests() -> dict[Clause, list[tuple[str, str]]]:
    """Return (file, name) of the tests marked with each clause, read without running them."""
    found: dict[Clause, list[tuple[str, str]]] = {}
    tests = ROOT / "tests"
    for file in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for code in _codes_marked(node.decorator_list):
                    place = file.relative_to(tests).as_posix()
                    found.setdefault(Clause(code), []).append((place, node.name))
    return {clause: sorted(set(one)) for clause, one in found.items()}


def _codes_marked(decorators: list[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.clause":
            for argument in decorator.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _clause_named(node: ast.expr) -> Clause | None:
    named = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Clause"
    return Clause[node.attr] if named and isinstance(node, ast.Attribute) else None


def _listed(tests: list[tuple[str, str]]) -> Iterator[str]:
    for place, name in tests:
        yield f"- {name.removeprefix('test_').replace('_', ' ')} (`{place}`)"


def _type_name(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


def _joined(blocks: list[str]) -> str:
    return "\n\n".join(blocks) + "\n"
