"""A small room of pages, to try the office's machinery on."""

from datetime import UTC, date, datetime
from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.forms import ChoiceField, DayField, MoneyField, OfficeForm, TextField
from shuce.foundation.office.lists import (
    Action,
    ChoiceColumn,
    Column,
    LinkColumn,
    MadeColumn,
    OfficeFilters,
    OfficeTable,
    SearchFilter,
    list_page,
)
from shuce.foundation.office.parts import Moment
from shuce.foundation.organizations.models import Organization
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Obstacle, Refused

ASSESSMENT_EXPIRED = Obstacle("安全评估已过期（{day}）", Clause.N_4, day="2026-01-01")


class Purpose(Choice):
    TRAFFIC = "TRAFFIC", "交通研究"
    PLEDGE = "PLEDGE", "担保"
    EXPIRED = "EXPIRED", "过期评估"


class BodyTable(OfficeTable):
    name = LinkColumn("名称", to="body", by=["pk"])
    uscc = Column("信用代码")
    kind = ChoiceColumn("类别")
    worth = MadeColumn("价值", lambda body: Money(123_456))
    remark = MadeColumn("备注", lambda body: "=HYPERLINK(1)")


class BodyFilters(OfficeFilters):
    search = SearchFilter("name", "uscc", hint="名称或信用代码")

    class Meta:
        model = Organization
        fields = ("kind",)


class AskForm(OfficeForm):
    fieldsets = (("内容", ("purpose", "fee")),)

    purpose = ChoiceField(Purpose, label="用途", help_text="写明用途")
    fee = MoneyField(label="费用", required=False)
    starts_on = DayField(label="开始日期")
    reason = TextField(label="理由")
    file = forms.FileField(label="附件", required=False)


def bodies(request: HttpRequest) -> HttpResponse:
    nothing = "nothing" in request.GET
    return list_page(
        request,
        rows=Organization.objects.none() if nothing else Organization.objects.order_by("name"),
        table=BodyTable,
        filters=BodyFilters,
        title="组织",
        empty="还没有组织。请先登记财政部门。",
        actions=[Action("登记组织", "/ask", primary=True)],
    )


def body(request: HttpRequest, pk: str) -> HttpResponse:
    return render(
        request,
        "office/detail.html",
        {
            "title": pk,
            "state": Purpose.TRAFFIC,
            "actions": [
                Action("撤销", "/press/yes", post=True, confirm="确定？"),
                Action("授权", "/ask", obstacles=[ASSESSMENT_EXPIRED]),
            ],
            "facts": [("费用", Money(5)), ("开始日期", date(2026, 3, 5)), ("备注", None)],
            "moments": [Moment(datetime(2026, 3, 5, tzinfo=UTC), "登记", by="王敏")],
        },
    )


def ask(request: HttpRequest) -> HttpResponse:
    def do(form: AskForm) -> Money:
        match form.cleaned_data["purpose"]:
            case Purpose.PLEDGE:
                raise Refused(Obstacle("数据资产不得用于担保", Clause.N_4, field="purpose"))
            case Purpose.EXPIRED:
                raise Conflict(ASSESSMENT_EXPIRED)
        return form.cleaned_data["fee"]

    return act(
        request,
        partial(AskForm, initial={"starts_on": date(2026, 3, 5)}),
        do,
        title="申请授权",
        then="bodies",
        done=lambda fee: f"费用 {fee}",
    )


def pressed(request: HttpRequest, answer: str) -> HttpResponse:
    def do() -> None:
        if answer == "no":
            raise Refused(ASSESSMENT_EXPIRED)
        if answer == "gone":
            raise NotFound(Obstacle("没有找到"))

    return press(request, do, then="bodies", done="已撤销")


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    kinds = {403: NotPermitted, 404: NotFound, 409: Conflict, 422: Refused}
    raise kinds[status](ASSESSMENT_EXPIRED)


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the secret of the house")


urlpatterns = [
    path("bodies", bodies, name="bodies"),
    path("bodies/<str:pk>", body, name="body"),
    path("ask", ask, name="ask"),
    path("press/<str:answer>", pressed, name="press"),
    path("refuse/<int:status>", refuse),
    path("api/refuse/<int:status>", refuse),
    path("fail", fail),
    path("api/fail", fail),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
