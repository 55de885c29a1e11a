"""The catalogue of what people read: found in the code by reading it, kept in locale/.

Chinese is the source language. Every Chinese sentence that reaches a reader must have its English
beside it; `tests/test_catalogue.py` fails otherwise. Sentences are found without running anything:
string literals of Python (docstrings aside), `{% trans %}` and `{% blocktrans %}` of templates, and
the titles of shipped procedures.
"""

import ast
import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent
ENGLISH = HERE / "locale" / "en" / "LC_MESSAGES" / "django.po"
# The demo's data, and the words that recognise Chinese data, are matched and never shown as text.
_DATA = (
    "demo",
    "engines/scan/rules",
    "engines/scan/detectors",
    "engines/procedure/grid_words.py",
    "__main__.py",
)
_HAN = re.compile(r"[㐀-鿿]")
_TRANS = re.compile(r"""\{%\s*trans(?:late)?\s+(?:"([^"]*)"|'([^']*)')""")
_BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.S
)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_TITLES = ("title", "description", "who")


def sentences() -> dict[str, list[str]]:
    """Return every Chinese sentence people may read, with the files it stands in."""
    found: dict[str, list[str]] = {}
    for file in sorted(SOURCE.rglob("*")):
        place = file.relative_to(SOURCE).as_posix()
        if place.startswith(_DATA) or "/migrations/" in place:
            continue
        for sentence in _READERS.get(file.suffix, _nothing)(file):
            if _HAN.search(sentence):
                found.setdefault(sentence, []).append(place)
    return found


def read() -> Catalog:
    """Return the English catalogue as it is kept."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def write(catalogue: Catalog) -> None:
    with ENGLISH.open("wb") as file:
        write_po(file, catalogue, omit_header=False, sort_output=True, width=100, no_location=True)


def compile_if_changed() -> None:
    """Make the machine's form of the catalogue where it is missing or older than the text."""
    target = ENGLISH.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= ENGLISH.stat().st_mtime:
        return
    fresh = target.with_suffix(".mo.new")
    with fresh.open("wb") as out:
        write_mo(out, read())
    fresh.replace(target)


def _of_python(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text("utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                skipped.add(first.value)
        if isinstance(node, ast.JoinedStr):
            skipped.update(part for part in node.values if isinstance(part, ast.Constant))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield node.value


def _of_template(file: Path) -> Iterator[str]:
    text = file.read_text("utf-8")
    for double, single in _TRANS.findall(text):
        yield double or single
    for options, body in _BLOCK.findall(text):
        sentence = _VARIABLE.sub(r"%(\1)s", body)
        yield re.sub(r"\s*\n\s*", " ", sentence.strip()) if "trimmed" in options else sentence


def _of_toml(file: Path) -> Iterator[str]:
    if "procedures" in file.parts:
        yield from _titles(tomllib.loads(file.read_text("utf-8")))
    elif "watch" in file.parts:
        yield from _texts(tomllib.loads(file.read_text("utf-8")))
    elif file.name == "fields.toml":
        yield from _of_fields(tomllib.loads(file.read_text("utf-8")))
    elif file.name == "questionnaire.toml":
        for asked in tomllib.loads(file.read_text("utf-8"))["lists"]:
            yield from (question["text"] for question in asked["questions"])
    elif file.name == "pilots.toml":
        yield from _texts(
            [
                (one["title"], one["basis"])
                for one in tomllib.loads(file.read_text("utf-8"))["pilots"]
            ]
        )
    elif file.name == "indicators.toml":
        told = tomllib.loads(file.read_text("utf-8"))
        yield from _texts(told["dimensions"])
        yield from (one["name"] for one in told["indicators"].values())
    elif file.name == "library.toml":
        for one in tomllib.loads(file.read_text("utf-8"))["rules"]:
            yield from (one["name"], one["basis"])


def _of_fields(catalogue: dict[str, Any]) -> Iterator[str]:
    """The words of a card's fields: sections, labels, hints, choices and parts of rows."""
    for section in catalogue["sections"]:
        yield from _texts(section.get("repeat", section.get("title", "")))
        for field in section["fields"]:
            choices = field.get("choice")
            yield from (field["label"], field.get("hint", ""), *field.get("parts", ()))
            yield from _texts(choices if isinstance(choices, dict) else {})


def _of_csv(file: Path) -> Iterator[str]:
    """The names of national codes that pages show as words of their own."""
    if file.name in ("asset_classes.csv", "industries.csv"):
        with file.open(encoding="utf-8", newline="") as rows:
            yield from (row["name"] for row in csv.DictReader(rows))


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list | tuple):
        for item in part.values() if isinstance(part, dict) else part:
            yield from _texts(item)


def _titles(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and key in _TITLES:
                yield value
            elif key == "values" and isinstance(value, dict):
                yield from (text for text in value.values() if isinstance(text, str))
            else:
                yield from _titles(value)
    elif isinstance(part, list):
        for item in part:
            yield from _titles(item)


def _nothing(file: Path) -> Iterator[str]:
    return iter(())


_READERS = {".csv": _of_csv, ".py": _of_python, ".html": _of_template, ".toml": _of_toml}
