"""The exchange layout of cards: canonical JSON, XML with its schema, and the sheet of the template.

One card is its numbers and its facts by key. JSON holds them as the register keeps them; XML holds
the text of each (`values.as_text`), which `values.taken` takes back. `exchange/cards.xsd` publishes
the form of the XML.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from lxml import etree

from shuce.foundation.organizations.models import Organization
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused
from shuce.lifecycle.register.catalogue import Field
from shuce.lifecycle.register.spreadsheets import MOST_LINES
from shuce.lifecycle.register.values import as_text

LAYOUT, EDITION = "shuce-cards", 1
SPACE = "urn:shuce:cards:1"
_MOST_BYTES = 60 * 1024 * 1024
_TOTALS = ("count", "cost_fen")


@dataclass(frozen=True)
class Sent:
    """One card as it is sent: its number in the source, the register's number, and its facts."""

    key: str
    number: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """What a file of the layout says: its cards, and the totals that its sender claims."""

    cards: Sequence[Sent]
    claimed: Mapping[str, int]


def totals_of(cards: Iterable[Sent]) -> dict[str, int]:
    """Return what both sides compare: how many cards, and their cost in fen."""
    listed = list(cards)
    return {"count": len(listed), "cost_fen": sum(int(c.facts.get("cost") or 0) for c in listed)}


def as_json(cards: Sequence[Sent], sender: Organization, at: datetime) -> bytes:
    document = {
        "layout": LAYOUT,
        "edition": EDITION,
        "sender": {"uscc": sender.uscc, "name": sender.name},
        "made_at": at.isoformat(),
        "totals": totals_of(cards),
        "cards": [
            {"key": one.key, "number": one.number, "facts": dict(sorted(one.facts.items()))}
            for one in cards
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def as_xml(
    cards: Sequence[Sent], sender: Organization, known: Mapping[str, Field], at: datetime
) -> bytes:
    root = etree.Element(f"{{{SPACE}}}cards", nsmap={None: SPACE}, edition=str(EDITION))
    root.set("sender", sender.uscc)
    root.set("senderName", sender.name)
    root.set("madeAt", at.isoformat())
    totals = totals_of(cards)
    etree.SubElement(
        root, f"{{{SPACE}}}totals", count=str(totals["count"]), costFen=str(totals["cost_fen"])
    )
    for one in cards:
        card = etree.SubElement(root, f"{{{SPACE}}}card", key=one.key, number=one.number)
        for key, value in sorted(one.facts.items()):
            fact = etree.SubElement(card, f"{{{SPACE}}}fact", name=key)
            fact.text = as_text(known[key], value)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return made


def read(name: str, content: bytes) -> Document:
    """Read a file of the layout, JSON or XML; refuse what is not, with where it goes wrong."""
    if len(content) > _MOST_BYTES:
        raise _bad("文件超过 {most} MB", most=60)
    document = _of_xml(content) if name.lower().endswith(".xml") else _of_json(content)
    if not document.cards:
        raise _bad("文件里没有卡片")
    if len(document.cards) > MOST_LINES:
        raise _bad("一个文件最多{most}张卡片", most=MOST_LINES)
    return document


def schema() -> bytes:
    """The XML schema that files of the layout keep to."""
    return files("shuce.lifecycle.register").joinpath("exchange/cards.xsd").read_bytes()


def _of_json(content: bytes) -> Document:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise _bad("文件不是 JSON") from None
    if not isinstance(told, dict) or (told.get("layout"), told.get("edition")) != (LAYOUT, EDITION):
        raise _bad("文件不是“{layout}”第{edition}版", layout=LAYOUT, edition=EDITION)
    cards, claimed = told.get("cards"), told.get("totals")
    if not isinstance(cards, list) or not isinstance(claimed, dict):
        raise _bad("文件缺少卡片或合计")
    sent = []
    for place, card in enumerate(cards, start=1):
        if not isinstance(card, dict) or not isinstance(card.get("facts"), dict):
            raise _bad("第{place}张卡片不完整", place=place)
        key, number = card.get("key") or "", card.get("number") or ""
        if not isinstance(key, str) or not isinstance(number, str):
            raise _bad("第{place}张卡片不完整", place=place)
        sent.append(Sent(key.strip(), number.strip(), card["facts"]))
    return Document(sent, _claims({name: claimed.get(name) for name in _TOTALS}))


def _of_xml(content: bytes) -> Document:
    # No entities, no network: the file comes from outside.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _bad("文件不是 XML") from None
    checked = etree.XMLSchema(etree.fromstring(schema()))
    if not checked.validate(root):
        first = checked.error_log[0]
        raise _bad(
            "第{line}行不符合交换格式：{reason}", line=first.line, reason=first.message[:200]
        )
    totals = root.find(f"{{{SPACE}}}totals")
    sent = [
        Sent(
            card.get("key", "").strip(),
            card.get("number", "").strip(),
            {fact.get("name"): fact.text for fact in card.iterfind(f"{{{SPACE}}}fact")},
        )
        for card in root.iterfind(f"{{{SPACE}}}card")
    ]
    claimed = {"count": totals.get("count"), "cost_fen": totals.get("costFen")}
    return Document(sent, _claims(claimed))


def _claims(told: Mapping[str, Any]) -> dict[str, int]:
    claims = {}
    for name, value in told.items():
        try:
            claims[name] = int(value)
        except (TypeError, ValueError):
            raise _bad("文件缺少卡片或合计") from None
    return claims


def _bad(sentence: str, **facts: object) -> Refused:
    return Refused(Obstacle(sentence, Clause.N_8, field="file", **facts))
