"""Fill a register, and wait for it: the parts of `bench.cards` that need Django."""

import sys
import time
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from bench import cards_city as cities
from bench.cards import Wait, in_parts, random, timed, waited, waiting
from bench.cards_copies import copy
from shuce.foundation.evidence.sequencer import number_entries
from shuce.foundation.exports.commands import ask_export
from shuce.foundation.jobs.commands import run_job
from shuce.foundation.jobs.models import Job
from shuce.foundation.office.exporting import Format
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register import bulk, texts
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.rules import MOST_CARDS_OF_A_BATCH
from shuce.lifecycle.register.search import Narrowed, search, suggest
from shuce.lifecycle.register.words import CardState, ValueBasis
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import SourceKind


def count() -> int:
    return Card.objects.count()


def build(cards: int, by_rules: int, at: datetime, copies: int = 0) -> None:
    """Make the city and its cards, unless they are there from an earlier run."""
    if count() < cards:
        _build(cards, by_rules, at)
    if copies and count() < cards * (copies + 1):
        timed("copied, with their texts", copies * count(), lambda: copy(copies))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _build(cards: int, by_rules: int, at: datetime) -> None:
    city = timed("bodies of the city", 325, lambda: cities.City(at))
    _by_rules(city, by_rules)
    if by_rules:
        timed("evidence numbered", _entries(), lambda: number_entries(at))
    if cards > by_rules:
        timed("rows without evidence", cards - by_rules, lambda: _fill(city, cards - by_rules, at))
    timed("said to the search, from nothing", cards, lambda: list(texts.say_all_anew(at)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _by_rules(city: cities.City, cards: int) -> None:
    source = random()
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    share = -(-cards // len(city.units)) if cards else 0
    done = 0
    for unit in city.units:
        for number, size in enumerate(in_parts(min(share, cards - done), MOST_CARDS_OF_A_BATCH)):
            done += _batch(city, unit, source, number, size, spent)
    for act, (took, used) in spent.items():
        print(
            f"  {act:<34} {done:>9,} in {took:7.1f} s {done / took:>9,.0f}/s"
            f" (CPU {used:.1f} s, {done / used:,.0f}/s)"
        )
    sys.stdout.flush()


def _batch(
    city: cities.City,
    unit: Organization,
    source: Random,
    number: int,
    size: int,
    spent: dict[str, list[float]],
) -> int:
    rows = [bulk.BulkRow(f"{number}-{row.key}", row.facts) for row in cities.rows(source, size)]
    clock = _Clock(spent)
    made = bulk.enter_cards_in_bulk(
        unit, rows, cities.ANSWERS, title="旧台账", by=city.sign(unit, Role.ASSET_KEEPER)
    )
    clock("imported by the rules, with evidence")
    assert made.batch is not None
    assert not made.refused
    grades = {card.id: cities.grade(source) for card in made.drafted.values()}
    by = city.sign(unit, Role.SECURITY_OFFICER)
    assert not bulk.confirm_grades_in_bulk(made.batch, grades, "与旧台账一致", by=by)
    clock("graded")
    case = bulk.submit_batch(made.batch, by=city.sign(unit, Role.ASSET_KEEPER))
    city.approve(case)
    clock("submitted, approved, entered")
    return size


class _Clock:
    """Adds up what each act took by the clock and by the processor."""

    def __init__(self, spent: dict[str, list[float]]) -> None:
        self._spent = spent
        self._last, self._used = time.perf_counter(), time.process_time()

    def __call__(self, act: str) -> None:
        now, used = time.perf_counter(), time.process_time()
        self._spent[act][0] += now - self._last
        self._spent[act][1] += used - self._used
        self._last, self._used = now, used


def _fill(city: cities.City, cards: int, at: datetime) -> None:
    source, share, left = random(), -(-cards // len(city.units)), cards
    today = at.date()
    for unit in city.units:
        size = min(share, left)
        left -= size
        place = Source.objects.create(
            name="业务库", kind=SourceKind.SQLITE, organization=unit, connected_at=at
        )
        made = []
        for number, row in enumerate(cities.rows(source, size)):
            facts = {name: getattr(row.facts, name) for name in row.facts.__dataclass_fields__}
            made.append(
                Card(
                    holder=unit, updated_on=today, drafted_at=at, entered_on=today,
                    update_due_on=today + timedelta(days=source.randrange(-20, 365)),
                    grade=cities.grade(source), grade_confirmed_on=today,
                    number=f"{unit.uscc}-2020-A0806-{number:06d}",
                    key_in_source=f"F-{row.key}", state=CardState.IN_FORCE,
                    value=facts["cost"], value_basis=ValueBasis.COST, **facts,
                )
            )  # fmt: skip
        # One card in ten has a table with its columns.
        tables = [
            Resource(
                source=place, organization=unit, table_name=f"t_{number:06d}",
                comment=card.name, rows=100, columns=cities.columns(source), proposed_grade="L2",
                state="REGISTERED", first_seen_at=at, last_seen_at=at,
            )
            for number, card in enumerate(made[::10])
        ]  # fmt: skip
        for card, table in zip(made[::10], tables, strict=True):
            card.resource = table
        with transaction.atomic():
            Resource.objects.bulk_create(tables)
            Card.objects.bulk_create(made)


def _entries() -> int:
    from shuce.foundation.evidence.models import Entry

    return Entry.objects.filter(index=None).count()


def _readers() -> dict[str, Member]:
    found = {}
    for name, role in (
        ("the bureau", Role.BUREAU_REVIEWER),
        ("a department", Role.DEPARTMENT_REVIEWER),
        ("a unit", Role.ASSET_KEEPER),
    ):
        found[name] = get_user_model().objects.filter(posts__role=role).order_by("id")[0]
    return found


def _first_page(typed: str, member: Member) -> None:
    search(typed, Narrowed(), member).page(0, 20)


def measure_search(asked: int) -> None:
    """Ask the same questions as three readers; every reader's posts are read anew, as by a page."""
    print("search: hits, count, facets, first page")
    units = list(Organization.objects.filter(path__contains="/").order_by("id"))
    by_kind: dict[str, list[Wait]] = defaultdict(list)
    for who, reader in _readers().items():
        times: list[Wait] = []
        typing: list[Wait] = []
        source = random()
        for (kind, typed), _ in zip(cities.questions(source, units), range(asked), strict=False):
            member = Member.objects.get(pk=reader.pk)
            times.append(waiting(partial(_first_page, typed, member)))
            by_kind[kind].append(times[-1])
            if len(typing) < asked // 4:
                typing.append(waiting(partial(suggest, typed, member)))
        waited(f"as {who}", times)
        waited(f"suggestions as {who}", typing)
    for kind, times in by_kind.items():
        waited(kind, times)


def measure_lists() -> None:
    """Open list pages over and over, without a browser's share."""
    print("pages")
    for who, reader in _readers().items():
        client = Client()
        client.force_login(reader)
        for address in (
            "/register/cards/",
            "/register/cards/?page=40",
            "/register/cards/?state=IN_FORCE&grade=L3",
            "/register/cards/?sort=-value",
            "/register/cards/?search=不动产登记",
            "/search/?q=bdc",
            "/",
        ):
            assert client.get(address).status_code == 200, address
            waited(f"{who}: {address}", [waiting(partial(client.get, address)) for _ in range(5)])


def measure_exports(at: datetime, most: int = 100_000) -> None:
    """Export a list of about `most` rows in the background, as Excel and as CSV."""
    reader = _readers()["the bureau"]
    share = "?grade=L3&acquisition=COLLECTED" if count() > 2 * most else ""
    for kind in Format:
        job = ask_export(f"/register/cards/{share}", kind, by=Signature(reader, at))
        began, spent = time.perf_counter(), time.process_time()
        run_job.func(job.id)
        took, used = time.perf_counter() - began, time.process_time() - spent
        rows = Job.objects.get(id=job.id).done
        print(f"  exported as {kind.label:<22} {rows:>9,} in {took:7.1f} s (CPU {used:.1f} s)")
