"""Pages of the books: accounts and their charges, the yearly table, cards against the ledger."""

from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action, Crumb
from shuce.foundation.office.sheets import MEDIA_TYPE, workbook
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.books import commands, queries, showing
from shuce.lifecycle.books.comparing import read_ledger
from shuce.lifecycle.books.forms import (
    AmortiseForm,
    BookForm,
    CompareForm,
    ConcludeForm,
    ImpairForm,
    LifeForm,
    UnitsForm,
    year_asked,
)
from shuce.lifecycle.books.statements import statements_of
from shuce.lifecycle.books.tables import (
    AccountFilters,
    AccountTable,
    CheckFilters,
    CheckTable,
    DifferenceFilters,
    DifferenceTable,
)
from shuce.lifecycle.register.queries import card_seen_inside


@login_required
def accounts(request: SignedRequest) -> HttpResponse:
    """Every asset in the books that the reader may look at."""
    return list_page(
        request,
        rows=queries.accounts_seen_by(request.user),
        table=AccountTable,
        filters=AccountFilters,
        title=say("资产台账"),
        empty=say("还没有入账的数据资产。财务人员可在资产页面选择“入账”。"),
        actions=showing.actions_of_list(request.user),
    )


@login_required
def book(request: SignedRequest, card_id: str) -> HttpResponse:
    """Take an asset into the books."""
    card = card_seen_inside(card_id, request.user)
    return act(
        request,
        partial(BookForm, card=card, initial=showing.first_terms(card, request.signature.today)),
        lambda form: commands.book_asset(card, form.terms(), by=request.signature),
        title=say("入账：{card}", card=card.name),
        submit=say("入账"),
        then=lambda account: reverse("books:account", args=[account.id]),
        done=say("资产已入账"),
        back=reverse("register:card", args=[card.id]),
        obstacles=queries.obstacles_to_book(card, request.user),
    )


@login_required
def account(request: SignedRequest, account_id: str) -> HttpResponse:
    """One asset's account: its terms, what is left, and every charge."""
    found = queries.account_seen(account_id, request.user)
    return render(request, "books/account.html", showing.page_of(found, request))


@login_required
def amortise(request: SignedRequest) -> HttpResponse:
    """Charge the months of a body's assets up to this one, in the background."""
    today = request.signature.today
    return act(
        request,
        partial(AmortiseForm, bodies=queries.bodies_to_keep(request.user)),
        lambda form: commands.ask_to_amortise(
            form.cleaned_data["organization"], by=request.signature
        ),
        title=say("计提摊销"),
        intro=say(
            "计提至{month}。已经计提的月份不会重复；按工作量摊销的资产请在台账中登记工作量。",
            month=f"{today:%Y-%m}",
        ),
        submit=say("开始计提"),
        then=lambda job: reverse("jobs:job", args=[job.id]),
        done="",
        back=reverse("books:accounts"),
    )


@login_required
def units(request: SignedRequest, account_id: str) -> HttpResponse:
    """Note the work of a month."""
    found = queries.account_seen(account_id, request.user)
    return _on_account(
        request,
        found,
        partial(UnitsForm, initial={"month": request.signature.today}),
        lambda form: commands.note_units(found, **form.cleaned_data, by=request.signature),
        title=say("登记工作量（{unit}）", unit=found.unit),
        done=say("工作量已登记，摊销已计提"),
    )


@login_required
def life(request: SignedRequest, account_id: str) -> HttpResponse:
    """Change the estimate of an asset's life."""
    found = queries.account_seen(account_id, request.user)
    return _on_account(
        request,
        found,
        LifeForm,
        lambda form: commands.change_life(found, **form.change(), by=request.signature),
        title=say("变更摊销年限"),
        done=say("年限已变更，自下月起按新的年限摊销"),
    )


@login_required
def impair(request: SignedRequest, account_id: str) -> HttpResponse:
    """Write an asset down."""
    found = queries.account_seen(account_id, request.user)
    return _on_account(
        request,
        found,
        ImpairForm,
        lambda form: commands.impair(found, **form.cleaned_data, by=request.signature),
        title=say("计提减值准备"),
        done=say("减值准备已计提"),
    )


def _on_account(
    request: SignedRequest, found: Any, form: Any, do: Any, *, title: str, done: str
) -> HttpResponse:
    here = reverse("books:account", args=[found.id])
    return act(request, form, do, title=title, then=here, done=done, back=here)


@login_required
def statement(request: SignedRequest, organization_id: str) -> HttpResponse:
    """The table accounts disclose of data assets for a year; as Excel to `?export=xlsx`."""
    body = queries.body_to_read(organization_id, request.user)
    year = year_asked(request.GET.get("year", ""), request.signature.today)
    found = statements_of(body, year)
    title = say("{year}年数据资产变动表：{body}", year=year, body=body.name)
    if request.GET.get("export") == "xlsx" and found:
        rows = [[line.label, *line.cells] for one in found for line in showing.with_heading(one)]
        file = FileResponse(
            workbook(rows, found[0].heads, sheet=str(year)),
            as_attachment=True,
            filename=f"{title}.xlsx",
            content_type=MEDIA_TYPE,
        )
        # Django sends either kind of answer; pages promise the common one.
        return cast(HttpResponse, file)
    here = reverse("books:statement", args=[body.id])
    return render(
        request,
        "books/statement.html",
        {
            "title": title,
            "crumbs": [Crumb(say("资产台账"), reverse("books:accounts")), Crumb(body.name)],
            "statements": found,
            "actions": [
                Action(say("上一年"), f"{here}?year={year - 1}", icon="chevron-left"),
                Action(say("下一年"), f"{here}?year={year + 1}", icon="chevron-right"),
                Action(
                    say("导出 Excel"), f"{here}?year={year}&export=xlsx", icon="file-spreadsheet"
                ),
            ],
        },
    )


@login_required
def checks(request: SignedRequest) -> HttpResponse:
    """Every comparison of cards with the ledger."""
    compare = Action(say("账卡核对"), reverse("books:compare"), icon="plus", primary=True)
    may = queries.bodies_to_keep(request.user).exists()
    return list_page(
        request,
        rows=queries.checks_seen_by(request.user),
        table=CheckTable,
        filters=CheckFilters,
        title=say("账卡核对"),
        empty=say("还没有核对过。请从财务系统导出总账明细，在这里与卡片核对。"),
        actions=[compare] if may else [],
    )


@login_required
def compare(request: SignedRequest) -> HttpResponse:
    """Compare cards with a ledger that is uploaded."""

    def do(form: CompareForm) -> Any:
        file = form.cleaned_data["file"]
        lines, unread = read_ledger(file.name, file.read())
        return commands.check_ledger(
            form.cleaned_data["organization"],
            form.cleaned_data["as_of"],
            lines,
            unread,
            by=request.signature,
        )

    return act(
        request,
        partial(
            CompareForm,
            bodies=queries.bodies_to_keep(request.user),
            initial={"as_of": request.signature.today},
        ),
        do,
        title=say("账卡核对"),
        submit=say("开始核对"),
        then=lambda made: reverse("books:check", args=[made.id]),
        done=lambda made: say("核对完成，{agreed}项相符", agreed=made.agreed),
        back=reverse("books:checks"),
    )


@login_required
def check(request: SignedRequest, check_id: str) -> HttpResponse:
    """One comparison: each difference, and what was concluded."""
    found = queries.check_seen(check_id, request.user)
    return list_page(
        request,
        rows=queries.differences_of(found),
        table=DifferenceTable,
        filters=DifferenceFilters,
        template="books/check.html",
        title=say("账卡核对：{body} {day}", body=found.organization.name, day=found.as_of),
        empty=say("账卡全部相符。"),
        context={"check": found},
    )


@login_required
def conclude(request: SignedRequest, unlike_id: str) -> HttpResponse:
    """Say how a difference was settled."""
    found = queries.unlike_seen(unlike_id, request.user)
    back = reverse("books:check", args=[found.check_made_id])
    return act(
        request,
        ConcludeForm,
        lambda form: commands.conclude_difference(
            found, form.cleaned_data["conclusion"], by=request.signature
        ),
        title=say("{kind}：{number}", kind=found.kind.label, number=found.number),
        intro=showing.told_of(found),
        submit=say("保存结论"),
        then=back,
        done=say("结论已保存"),
        back=back,
    )
