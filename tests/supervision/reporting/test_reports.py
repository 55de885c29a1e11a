"""A report counts what the register holds, agrees with itself, goes up, and is decided above."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import python_calamine
from django.urls import reverse

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from shuce.lifecycle.register import commands as register
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Acquisition, ValueBasis
from shuce.supervision.reporting import commands, exporting, queries
from shuce.supervision.reporting.counting import digest_of
from shuce.supervision.reporting.figures import FIGURES, TABLES, Scope, compute, figure_coded
from shuce.supervision.reporting.models import Report
from shuce.supervision.reporting.words import ReportState
from tests.make import NOON, City
from tests.supervision import world

YEAR = NOON.year
# When every approval that began at noon has run to its end.
SETTLED = NOON + timedelta(days=20)


@pytest.fixture
def held(city: City, home, shelf) -> list[Card]:
    """Two cards in force and one table that is only a resource."""

    def build() -> list[Card]:
        world.people(city, city.unit)
        visits, drugs, _ = world.found(city, home, ("a_visits", "b_drugs", "c_beds"))
        bought = {"acquisition": Acquisition.PURCHASED, "budget_item": "信息化项目"}
        return [
            world.in_force(city, visits),
            world.in_force(city, drugs, cost=Money.from_yuan(30_000), **bought),
        ]

    return shelf.take("two in force", build, home)


@pytest.fixture
def report(city: City, held) -> Report:
    return commands.prepare_report(
        city.unit, YEAR, by=city.sign(Role.ASSET_KEEPER, city.unit, SETTLED)
    )


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 4, tzinfo=UTC)


@pytest.mark.clause("N-11")
def test_a_report_counts_what_the_register_holds(city, report):
    figures = report.figures
    assert figures["1.total.count"] == figures["1.INSTITUTION.count"] == 2
    assert figures["1.total.rows"] == 80
    assert figures["1.total.cost"] == Money.from_yuan(150_000).fen
    assert figures["2.L2.count"] == 2
    assert figures["3.PURCHASED.new_cost"] == Money.from_yuan(30_000).fen
    assert figures["4.opening_CONDITIONAL.count"] == 2
    assert all(check.holds for check in queries.checks_of(report))
    assert set(figures) == set(FIGURES)
    assert report.digest == digest_of(figures)
    assert Entry.objects.filter(kind="reporting.report_prepared").count() == 1


def test_a_year_before_the_assets_came_has_none(city, held):
    before = compute(Scope(city.unit.path, YEAR - 1))
    assert set(before.values()) == {0}


@pytest.mark.clause("N-11")
def test_a_year_that_is_not_over_is_counted_to_the_day(city, report):
    """What comes later in the year neither enters the figures nor the cards behind them."""
    assert report.is_interim
    early = commands.prepare_report(
        city.department, YEAR, by=city.sign(Role.DEPARTMENT_REVIEWER, city.department, NOON)
    )
    assert early.figures["1.total.count"] == 0
    assert queries.figure_today(early, FIGURES["1.total.count"]) == 0
    done = commands.refresh_report(
        early, by=city.sign(Role.DEPARTMENT_REVIEWER, city.department, at(YEAR + 1, 1, 5))
    )
    assert not done.is_interim
    assert done.figures == report.figures


def test_what_changed_after_the_year_does_not_change_the_year(city, held):
    """Cost and value are counted as they were when the year was over."""
    card = held[0]
    this_year = compute(Scope(city.unit.path, YEAR))
    keeper = city.sign(Role.ASSET_KEEPER, city.unit, at(YEAR + 1, 2, 3))
    world.revised(card, {"cost": Money.from_yuan(200_000)}, "补记成本", by=keeper)
    assert compute(Scope(city.unit.path, YEAR)) == this_year
    after = compute(Scope(city.unit.path, YEAR + 1))
    assert after["8.opening.cost"] == this_year["8.closing.cost"]
    assert after["8.cost_changes.cost"] == Money.from_yuan(80_000).fen
    assert after["8.value_changes.value"] == Money.from_yuan(80_000).fen
    assert after["8.closing.cost"] == Money.from_yuan(230_000).fen


@pytest.mark.clause("N-11")
def test_table_8_follows_cards_revised_revalued_and_closed(city, held):
    """Opening and changes are found in different records, and still give the closing figures."""
    keep, leave = held
    keeper = city.sign(Role.ASSET_KEEPER, city.unit, at(YEAR, 6, 1))
    for step, yuan in enumerate((90_000, 110_000, 100_000)):
        later = replace(keeper, at=keeper.at + timedelta(days=step))
        world.revised(keep, {"cost": Money.from_yuan(yuan)}, "核对成本", by=later)
    appraised = replace(keeper, at=at(YEAR, 8, 1))
    register.record_value(
        keep, Money.from_yuan(500_000), ValueBasis.APPRAISAL, keep.id, by=appraised
    )
    register.begin_disposal(leave, leave.id, by=replace(keeper, at=at(YEAR, 9, 1)))
    register.close_card(leave, leave.id, by=replace(keeper, at=at(YEAR, 9, 9)))
    report = commands.prepare_report(
        city.department,
        YEAR,
        by=city.sign(Role.DEPARTMENT_REVIEWER, city.department, at(YEAR + 1, 1, 9)),
    )
    figures = report.figures
    assert figures["8.opening.count"] == 0
    assert figures["8.increase.count"] == 2
    assert figures["8.increase.cost"] == Money.from_yuan(150_000).fen
    assert figures["8.decrease.cost"] == Money.from_yuan(30_000).fen
    assert figures["8.cost_changes.cost"] == Money.from_yuan(-20_000).fen
    assert figures["8.closing.cost"] == Money.from_yuan(100_000).fen
    assert figures["8.closing.value"] == figures["1.total.appraised"]
    assert figures["1.total.appraised"] == Money.from_yuan(500_000).fen
    assert all(check.holds for check in queries.checks_of(report))
    [closed] = FIGURES["8.decrease.count"].cards(Scope(city.department.path, YEAR))
    assert closed == leave


@pytest.mark.clause("N-11")
def test_every_figure_has_as_many_cards_behind_it_as_it_counts(city, held):
    scope = Scope(city.bureau.path, YEAR)
    counted = compute(scope)
    for code, figure in FIGURES.items():
        behind = figure.cards(scope).count()
        assert figure.compute(scope) == counted[code]
        if figure.table.code in "123" and figure.column.key in ("count", "new", "personal"):
            assert behind == counted[code], code
    with pytest.raises(NotFound):
        figure_coded("9.total.count")


def test_the_memorandum_is_counted_apart(city, held, tmp_path):
    from shuce.lifecycle.inventory.commands import recognize
    from shuce.lifecycle.inventory.models import Resource
    from tests.lifecycle import assets

    beds = Resource.objects.get(table_name="c_beds")
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    recognize(beds, assets.answers(unmet=("measurable",)), by=keeper)
    keeper = replace(keeper, at=SETTLED)
    report = commands.prepare_report(city.unit, YEAR, by=keeper)
    assert report.figures["m.total.count"] == 1
    assert report.figures["1.total.count"] == 2
    figure = FIGURES["m.total.count"]
    [entry] = queries.memo_behind(report, figure, keeper.member)
    assert entry.resource == beds
    assert not figure.cards(Scope(city.unit.path, YEAR)).exists()


@pytest.mark.clause("N-11")
def test_a_department_reports_of_all_below_it(city, report):
    whole = commands.prepare_report(
        city.department, YEAR, by=city.sign(Role.DEPARTMENT_REVIEWER, city.department, SETTLED)
    )
    assert whole.figures == report.figures
    below = queries.reports_below(whole, whole.prepared_by)
    assert {one.organization: one.report for one in below} == {
        city.unit: report,
        city.other_unit: None,
    }


def test_a_report_is_made_once_by_those_who_may(city, report):
    with pytest.raises(NotPermitted):
        commands.prepare_report(city.unit, YEAR - 1, by=city.sign(Role.FINANCE_OFFICER, city.unit))
    with pytest.raises(Refused, match="已经存在"):
        commands.prepare_report(city.unit, YEAR, by=city.sign(Role.ASSET_KEEPER, city.unit))
    assert Report.objects.count() == 1


@pytest.mark.clause("N-11")
def test_a_report_goes_up_is_returned_and_confirmed_by_another(city, report):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    reviewer = city.sign(Role.DEPARTMENT_REVIEWER, city.department)
    with pytest.raises(Refused, match="只有已报送"):
        commands.confirm_report(report, by=reviewer)
    commands.write_report(report, "口径说明", by=keeper)
    commands.submit_report(report, by=keeper)
    for change in (
        lambda: commands.refresh_report(report, by=keeper),
        lambda: commands.write_report(report, "改", by=keeper),
        lambda: commands.submit_report(report, by=keeper),
    ):
        with pytest.raises(Refused, match="不能再更改"):
            change()
    with pytest.raises(NotPermitted):
        commands.confirm_report(report, by=keeper)
    sent_back = commands.return_report(report, "规模请核对", by=reviewer)
    assert (sent_back.state, sent_back.returned_because) == (ReportState.DRAFT, "规模请核对")
    commands.refresh_report(report, by=keeper)
    commands.submit_report(report, by=keeper)
    confirmed = commands.confirm_report(report, by=reviewer)
    assert confirmed.state == ReportState.CONFIRMED
    assert confirmed.confirmed_by == reviewer.member
    told = Entry.objects.filter(subject_id=report.id).order_by("id").values_list("kind", flat=True)
    assert list(told)[-1] == "reporting.report_confirmed"


def test_the_maker_of_the_top_report_does_not_confirm_it(city, held):
    """The bureau has nobody above: a colleague confirms."""
    maker = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    report = commands.prepare_report(city.bureau, YEAR, by=maker)
    commands.submit_report(report, by=maker)
    with pytest.raises(Refused, match="不能审核自己"):
        commands.confirm_report(report, by=maker)
    colleague = Signature(city.add(Role.BUREAU_REVIEWER, city.bureau), NOON)
    assert commands.confirm_report(report, by=colleague).state == ReportState.CONFIRMED


@pytest.mark.clause("N-11", "N-10")
def test_the_congress_reads_confirmed_reports_only(city, report):
    reader = city.sign(Role.CONGRESS_READER, city.bureau).member
    assert not queries.reports_seen_by(reader).exists()
    with pytest.raises(NotFound):
        queries.report_seen(report.id, reader)
    commands.submit_report(report, by=city.sign(Role.ASSET_KEEPER, city.unit))
    commands.confirm_report(report, by=city.sign(Role.DEPARTMENT_REVIEWER, city.department))
    assert queries.report_seen(report.id, reader) == report
    figure = FIGURES["1.total.count"]
    assert queries.cards_behind(report, figure, reader).count() == 0
    assert queries.cards_hidden(report, figure, reader) == 2


def test_reports_are_seen_from_above_and_not_from_beside(city, report):
    for role, body, seen in (
        (Role.ASSET_KEEPER, city.unit, True),
        (Role.BUREAU_REVIEWER, city.bureau, True),
        (Role.AUDITOR, city.bureau, True),
        (Role.ASSET_KEEPER, city.other_unit, False),
        (Role.OPERATOR_AGENT, city.operator, False),
    ):
        member = city.sign(role, body).member
        assert queries.reports_seen_by(member).exists() is seen, role


def test_a_report_that_does_not_agree_is_not_sent(city, report):
    from shuce.foundation.evidence.recording import command, record
    from shuce.supervision.reporting import events

    @command
    def spoil(by):
        report.figures = report.figures | {"8.closing.count": 5}
        report.save(update_fields=["figures"])
        record(events.ReportCounted(report.id, digest_of(report.figures)), by)

    keeper = city.sign(Role.ASSET_KEEPER, city.unit, SETTLED)
    spoil(keeper)
    with pytest.raises(Refused, match="勾稽关系不符"):
        commands.submit_report(report, by=keeper)
    assert commands.refresh_report(report, by=keeper).figures["8.closing.count"] == 2
    commands.submit_report(report, by=keeper)


def test_the_files_hold_every_table(city, report):
    report = queries.report_seen(report.id, report.prepared_by)
    book = python_calamine.load_workbook(exporting.excel(report))
    assert len(book.sheet_names) == len(TABLES) + 2
    first = book.get_sheet_by_index(1).to_python()
    assert first[3][:4] == ["合计", 2, 80, 150000]
    with zipfile.ZipFile(io.BytesIO(exporting.word(report))) as document:
        text = document.read("word/document.xml").decode()
    assert "{" not in text.replace("{E", "")
    for table in queries.tables_of(report):
        assert table.title in text
    assert "150,000.00" in text
    made = exporting.pdf(report)
    assert made.startswith(b"%PDF")
    assert made == exporting.pdf(report)


def test_the_pages_show_a_report_and_what_lies_behind_each_figure(city, held, report, client):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    client.force_login(keeper.member)
    assert report.number in client.get(reverse("reporting:reports")).content.decode()
    here = reverse("reporting:report", args=[report.id])
    assert "¥150,000.00" in client.get(here).content.decode()
    for table in TABLES:
        page = client.get(here, {"table": table.code}).content.decode()
        assert table.title in page
        for figure in table.figures():
            assert reverse("reporting:figure", args=[report.id, figure.code]) in page
    for code in ("1.total.count", "1.total.cost", "8.increase.count", "m.total.count"):
        shown = client.get(reverse("reporting:figure", args=[report.id, code]))
        assert shown.status_code == 200
    behind = client.get(reverse("reporting:figure", args=[report.id, "3.PURCHASED.new"]))
    made, bought = (reverse("register:card", args=[card.id]) for card in held)
    assert bought in behind.content.decode()
    assert made not in behind.content.decode()
    for name in ("excel", "word", "pdf"):
        assert client.get(reverse(f"reporting:{name}", args=[report.id])).status_code == 200


def test_the_pages_prepare_write_send_and_decide(city, held, client):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    client.force_login(keeper.member)
    answer = client.post(reverse("reporting:prepare"), {"organization": city.unit.id, "year": YEAR})
    report = Report.objects.get()
    here = reverse("reporting:report", args=[report.id])
    assert answer["Location"] == here
    assert client.get(reverse("reporting:write", args=[report.id])).status_code == 200
    client.post(reverse("reporting:write", args=[report.id]), {"text": "说明一"})
    for name in ("refresh", "submit"):
        assert client.post(reverse(f"reporting:{name}", args=[report.id]))["Location"] == here
    client.force_login(city.sign(Role.DEPARTMENT_REVIEWER, city.department).member)
    client.post(reverse("reporting:return", args=[report.id]), {"reason": "请核对"})
    report.refresh_from_db()
    assert (report.state, report.text) == (ReportState.DRAFT, "说明一")
    client.force_login(keeper.member)
    client.post(reverse("reporting:submit", args=[report.id]))
    client.force_login(city.sign(Role.DEPARTMENT_REVIEWER, city.department).member)
    client.post(reverse("reporting:confirm", args=[report.id]))
    report.refresh_from_db()
    assert report.state == ReportState.CONFIRMED


def test_a_stranger_finds_no_report(city, report, client):
    client.force_login(city.sign(Role.OPERATOR_AGENT, city.operator).member)
    for name in ("report", "write", "excel", "word", "pdf"):
        assert client.get(reverse(f"reporting:{name}", args=[report.id])).status_code == 404
    for name in ("refresh", "submit", "confirm", "return"):
        assert client.post(reverse(f"reporting:{name}", args=[report.id])).status_code == 404
    figure = reverse("reporting:figure", args=[report.id, "1.total.count"])
    assert client.get(figure).status_code == 404
