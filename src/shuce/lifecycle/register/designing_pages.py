"""Pages where a bureau or department says what else cards hold, and how they are numbered."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import Action, list_page
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import own_body
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.register import adding, numbering, queries
from shuce.lifecycle.register.forms import FieldForm, PatternForm
from shuce.lifecycle.register.tables import FieldFilters, FieldTable


@login_required
def fields(request: SignedRequest) -> HttpResponse:
    """The fields that bodies added to the cards the reader sees."""
    may = Permission.CARD_DESIGN in request.user.permissions
    actions = [
        Action(say("设立字段"), reverse("register:add_field"), icon="plus", primary=True),
        Action(say("编号规则"), reverse("register:numbering"), icon="tag"),
    ]
    return list_page(
        request,
        rows=queries.added_rows_seen_by(request.user),
        table=FieldTable,
        filters=FieldFilters,
        title=say("自定义字段"),
        empty=say("还没有自定义字段。财政部门或主管部门可以为所属单位的卡片增加字段，不用改程序。"),
        actions=actions if may else [],
    )


@login_required
def add(request: SignedRequest) -> HttpResponse:
    """Ask for a further fact on the cards of the reader's body and all below it."""
    body = own_body(request.user)
    return act(
        request,
        FieldForm,
        lambda form: adding.add_field(
            body, adding.FieldTerms(**form.cleaned_data), by=request.signature
        ),
        title=say("设立自定义字段"),
        submit=say("设立"),
        intro=say("适用于{body}及其所属单位的全部卡片。类型和分组设立后不能修改。", body=body),
        then=reverse("register:fields"),
        done=lambda field: say("已设立字段“{label}”，代码 {key}", label=field.label, key=field.key),
        back=reverse("register:fields"),
    )


@login_required
def change(request: SignedRequest, key: str) -> HttpResponse:
    """Change the wording of a field, its choices, or whether it must be filled in."""
    found = queries.added_row_seen(key, request.user)
    first = {
        "label": found.label,
        "english": found.english,
        "kind": found.kind,
        "choices": "\n".join(found.choices),
        "group": found.group,
        "required": found.required,
        "hint": found.hint,
    }
    retire = Action(
        say("停用"),
        reverse("register:retire_field", args=[key]),
        icon="ban",
        post=True,
        danger=True,
        confirm=say("停用后新卡片不再填写此字段，已填的内容保留。确定停用？"),
    )
    may = request.user.may(Permission.CARD_DESIGN, found.organization)
    return act(
        request,
        partial(FieldForm, initial=first),
        lambda form: adding.change_field(
            found, adding.FieldTerms(**form.cleaned_data), by=request.signature
        ),
        title=say("修改自定义字段"),
        submit=say("保存"),
        intro=str(found),
        then=reverse("register:fields"),
        done=say("已保存"),
        back=reverse("register:fields"),
        context={"actions": [retire] if may and found.retired_at is None else []},
    )


@login_required
def retire(request: SignedRequest, key: str) -> HttpResponse:
    """Ask no new card for a field."""
    found = queries.added_row_seen(key, request.user)
    return press(
        request,
        lambda: adding.retire_field(found, by=request.signature),
        then=reverse("register:fields"),
        done=say("字段已停用"),
    )


@login_required
def numbers(request: SignedRequest) -> HttpResponse:
    """How new cards of the reader's body and all below it are numbered."""
    body = own_body(request.user)
    now = numbering.pattern_for(body)
    return act(
        request,
        partial(PatternForm, initial={"pattern": now}),
        lambda form: numbering.set_number_pattern(
            body, form.cleaned_data["pattern"], by=request.signature
        ),
        title=say("卡片编号规则"),
        submit=say("设定"),
        intro=say(
            "适用于{body}及其所属单位今后入册的卡片，已有编号不变。现行规则：{pattern}",
            body=body,
            pattern=now,
        ),
        then=reverse("register:fields"),
        done=say("编号规则已设定，今后入册的卡片按此编号"),
        back=reverse("register:fields"),
    )
