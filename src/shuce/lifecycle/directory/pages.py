"""Pages of asset schedules: the list, one schedule with its totals, its changes, who has sent."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Crumb
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say
from shuce.lifecycle.directory import commands, queries, showing
from shuce.lifecycle.directory.forms import AnswerForm, CompileForm
from shuce.lifecycle.directory.tables import (
    ChangeFilters,
    ChangeTable,
    LineFilters,
    LineTable,
    ScheduleFilters,
    ScheduleTable,
    StandingTable,
)


@login_required
def schedules(request: SignedRequest) -> HttpResponse:
    """Every version of every schedule that the reader may look at."""
    return list_page(
        request,
        rows=queries.schedules_seen_by(request.user),
        table=ScheduleTable,
        filters=ScheduleFilters,
        title=say("目录清单"),
        empty=say("还没有目录清单。选择“编制目录清单”，按在册卡片生成第一版。"),
        actions=list(showing.actions_of_list(request.user)),
    )


@login_required
def compile_one(request: SignedRequest) -> HttpResponse:
    """Compile a body's schedule from its cards and the accepted schedules below it."""
    return act(
        request,
        partial(
            CompileForm,
            bodies=queries.bodies_to_compile(request.user),
            initial={"organization": request.user.organization_id},
        ),
        lambda form: commands.compile_schedule(
            form.cleaned_data["organization"], by=request.signature
        ),
        title=say("编制目录清单"),
        intro=say("按今天在册的卡片和已接收的下级清单生成新的一版；生成后内容不再改变。"),
        submit=say("编制"),
        then=showing.page_of,
        done=lambda made: say("目录清单已编制，共{count}项资产", count=made.count),
        back=reverse("directory:schedules"),
    )


@login_required
def schedule(request: SignedRequest, directory_id: str) -> HttpResponse:
    """One version: its totals by system and by industry, and every line."""
    found = queries.schedule_seen(directory_id, request.user)
    return list_page(
        request,
        rows=queries.lines_of(found),
        table=LineTable,
        filters=LineFilters,
        template="directory/schedule.html",
        title=say(
            "目录清单：{body} 第{version}版", body=found.organization.name, version=found.version
        ),
        empty=say("这一版没有列入资产。先登记资产卡片，或接收下级清单后重新编制。"),
        actions=list(showing.actions_of(found, request.user)),
        context={
            "crumbs": showing.crumbs_of(found),
            "figures": showing.figures_of(found),
            "facts": showing.facts_of(found),
            "by_system": queries.by_system(found),
            "by_industry": queries.by_industry(found),
        },
    )


@login_required
def changes(request: SignedRequest, directory_id: str) -> HttpResponse:
    """How a version differs from the one before."""
    found = queries.schedule_seen(directory_id, request.user)
    return list_page(
        request,
        rows=queries.changes_of(found),
        table=ChangeTable,
        filters=ChangeFilters,
        title=say(
            "与上一版比较：{body} 第{version}版",
            body=found.organization.name,
            version=found.version,
        ),
        empty=say("与上一版相比，各项资产没有变化。"),
        context={"crumbs": showing.crumbs_of(found)},
    )


@login_required
def submit(request: SignedRequest, directory_id: str) -> HttpResponse:
    """Submit a schedule upward."""
    found = queries.schedule_seen(directory_id, request.user)
    return press(
        request,
        lambda: commands.submit_schedule(found, by=request.signature),
        then=showing.page_of,
        done=say("目录清单已报送"),
    )


@login_required
def answer(request: SignedRequest, directory_id: str) -> HttpResponse:
    """Accept or return a schedule."""
    found = queries.schedule_seen(directory_id, request.user)
    return act(
        request,
        AnswerForm,
        lambda form: commands.answer_schedule(found, **form.cleaned_data, by=request.signature),
        title=say("接收或退回目录清单：{body}", body=found.organization.name),
        submit=say("答复"),
        then=showing.page_of,
        done=say("已答复"),
        back=showing.page_of(found),
    )


@login_required
def standing(request: SignedRequest, organization_id: str) -> HttpResponse:
    """Who directly below a body has sent its schedule, and who has not."""
    body = queries.body_to_read(organization_id, request.user)
    return list_page(
        request,
        rows=queries.standing_of(body),
        table=StandingTable,
        title=say("下级报送情况：{body}", body=body.name),
        empty=say("没有下级单位。"),
        context={"crumbs": [Crumb(say("目录清单"), reverse("directory:schedules"))]},
    )
