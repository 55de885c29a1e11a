"""An asset on its way into the register, made step by step through commands."""

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.inventory.commands import recognize, scan_source
from shuce.lifecycle.inventory.models import Recognition, Resource
from shuce.lifecycle.inventory.rules import CRITERIA, Criterion, RecognitionAnswers
from shuce.lifecycle.register.commands import draft_card
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import Acquisition, Industry
from shuce.lifecycle.sources.commands import connect_source
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import Address, SourceKind
from tests.make import City

FACTS = CardFacts(
    name="门诊就诊记录",
    industry=Industry.HEALTH,
    region_code="310000",
    acquisition=Acquisition.PRODUCED,
    source_note="各区卫生信息平台汇聚",
    lawful_basis="《上海市数据条例》第二十三条",
    obtained_on=date(2025, 6, 1),
    cost=Money.from_yuan(120_000),
)
MOBILES = ("13812340001", "13912340002", "13712340003", "13612340004")


def answers(*, unmet: tuple[str, ...] = ()) -> RecognitionAnswers:
    """Return answers to the recognition test, met but for those named."""
    return RecognitionAnswers(
        **{name: Criterion(name not in unmet, f"依据：{name}") for name in CRITERIA}
    )


def database(folder: Path, tables: tuple[str, ...] = ("visits",), rows: int = 40) -> Path:
    """Write a small SQLite database with a mobile number in every row."""
    file = folder / "health.sqlite"
    with sqlite3.connect(file) as made:
        for table in tables:
            made.execute(f"CREATE TABLE {table} (id INTEGER, mobile TEXT, fee REAL, dept TEXT)")
            made.executemany(
                f"INSERT INTO {table} VALUES (?, ?, ?, ?)",
                [(i, MOBILES[i % 4], 10.5 + i, "内科" if i % 2 else None) for i in range(rows)],
            )
    return file


def connected(city: City, file: Path, body: Organization | None = None) -> Source:
    body = body or city.unit
    return connect_source(
        body,
        Address("门诊库", SourceKind.SQLITE, str(file), "门诊业务"),
        by=city.sign(Role.DATA_STEWARD, body),
    )


def found(city: City, folder: Path) -> Resource:
    """Return the one table of a source that was connected and scanned."""
    source = connected(city, database(folder))
    scan_source(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    return Resource.objects.get(source=source)


def recognised(city: City, resource: Resource) -> Recognition:
    return recognize(resource, answers(), by=city.sign(Role.ASSET_KEEPER, city.unit))


def drafted(city: City, resource: Resource, facts: CardFacts = FACTS) -> Card:
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    return draft_card(recognised(city, resource), facts, by=keeper)


def replaced(**changes: object) -> CardFacts:
    """Return the facts of the usual card, some of them changed."""
    return replace(FACTS, **changes)  # type: ignore[arg-type]  # names are the facts' own
