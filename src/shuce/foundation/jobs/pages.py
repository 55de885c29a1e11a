"""Pages of background work: the list, one job's progress, and the button that stops it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.jobs import commands, queries
from shuce.foundation.jobs.tables import JobFilters, JobTable
from shuce.foundation.office.acts import press
from shuce.foundation.office.lists import list_page
from shuce.foundation.organizations.requests import SignedRequest
from shuce.kernel.words import say


@login_required
def jobs(request: SignedRequest) -> HttpResponse:
    return list_page(
        request,
        rows=queries.jobs_seen_by(request.user),
        table=JobTable,
        filters=JobFilters,
        title=say("后台任务"),
        empty=say("还没有后台任务。扫描数据源等较长的工作会在这里显示进度。"),
    )


@login_required
def job(request: SignedRequest, job_id: str) -> HttpResponse:
    """One job; htmx asks for the progress alone until it has ended."""
    found = queries.job_seen(job_id, request.user)
    template = "jobs/_progress.html" if request.headers.get("HX-Request") else "jobs/job.html"
    context = {
        "job": found,
        "title": found.title,
        "is_open": commands.is_open(found),
        "result": commands.result_of(found, request.user),
        "may_stop": commands.is_open(found) and found.member_id == request.user.pk,
    }
    return render(request, template, context)


@login_required
def stop(request: SignedRequest, job_id: str) -> HttpResponse:
    found = queries.job_seen(job_id, request.user)
    return press(
        request,
        lambda: commands.ask_to_stop(found, by=request.signature),
        then=reverse("jobs:job", args=[found.id]),
        done=say("已要求停止，将在下一步停下"),
    )
