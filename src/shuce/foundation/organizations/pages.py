"""Pages of bodies, their people, posts and duties."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuce.foundation.office.acts import act, press
from shuce.foundation.office.lists import list_page
from shuce.foundation.office.parts import Action
from shuce.foundation.organizations import commands, queries
from shuce.foundation.organizations.forms import (
    AppointForm,
    DutyForm,
    MemberForm,
    OrganizationForm,
)
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.requests import SignedRequest
from shuce.foundation.organizations.rules import Kind, Link
from shuce.foundation.organizations.tables import OrganizationFilters, OrganizationTable
from shuce.kernel.words import say


@login_required
def tree(request: SignedRequest) -> HttpResponse:
    """The bodies that the reader sees."""
    may_manage = Permission.ORGANIZATION_MANAGE in request.user.permissions
    enter = Action(say("登记单位"), reverse("organizations:enter"), icon="plus", primary=True)
    return list_page(
        request,
        rows=queries.organizations_seen_by(request.user),
        table=OrganizationTable,
        filters=OrganizationFilters,
        title=say("组织机构"),
        empty=say("没有符合条件的单位。"),
        actions=[enter] if may_manage else [],
        page_size=50,
    )


@login_required
def organization(request: SignedRequest, organization_id: str) -> HttpResponse:
    """One body: its place, people, posts, duty list and what stands below it."""
    found = queries.organization_seen(organization_id, request.user)
    may = request.user.may
    return render(
        request,
        "organizations/organization.html",
        {
            "organization": found,
            "title": found.name,
            "kind": Kind(found.kind),
            "children": queries.organizations_seen_by(request.user).filter(parent=found),
            "people": queries.people_of(found),
            "with_factor": queries.with_second_factor(found),
            "posts": queries.posts_of(found),
            "duties": [(link, duty) for link, duty in queries.duties_of(found).items()],
            "may_manage": may(Permission.ORGANIZATION_MANAGE, found)
            or (
                not Kind(found.kind).holds_assets
                and Permission.ORGANIZATION_MANAGE in request.user.permissions
            ),
            "may_appoint": Permission.POST_MANAGE in request.user.permissions,
            "may_assign": may(Permission.DUTY_MANAGE, found),
        },
    )


@login_required
def enter(request: SignedRequest) -> HttpResponse:
    """Enter a body."""
    return act(
        request,
        partial(OrganizationForm, member=request.user),
        lambda form: commands.enter_organization(
            form.entering(), form.cleaned_data["parent"], by=request.signature
        ),
        title=say("登记单位"),
        then=lambda body: reverse("organizations:organization", args=[body.id]),
        done=say("单位已登记"),
        back=reverse("organizations:tree"),
    )


@login_required
def enter_member(request: SignedRequest, organization_id: str) -> HttpResponse:
    """Give a person of a body a sign-in."""
    found = queries.organization_seen(organization_id, request.user)
    here = reverse("organizations:organization", args=[found.id])
    return act(
        request,
        MemberForm,
        lambda form: commands.enter_member(found, **form.cleaned_data, by=request.signature),
        title=say("开通人员账号"),
        then=here,
        done=say("账号已开通"),
        back=here,
    )


@login_required
def appoint(request: SignedRequest, organization_id: str) -> HttpResponse:
    """Appoint a person of a body to a role there."""
    found = queries.organization_seen(organization_id, request.user)
    here = reverse("organizations:organization", args=[found.id])
    return act(
        request,
        partial(AppointForm, organization=found),
        lambda form: commands.appoint(
            form.cleaned_data["member"], found, form.cleaned_data["role"], by=request.signature
        ),
        title=say("任命岗位"),
        then=here,
        done=say("已任命"),
        back=here,
    )


@login_required
def dismiss(request: SignedRequest, post_id: str) -> HttpResponse:
    """End a post."""
    post = queries.post_seen(post_id, request.user)
    return press(
        request,
        lambda: commands.dismiss(post, by=request.signature),
        then=reverse("organizations:organization", args=[post.organization_id]),
        done=say("已免去岗位"),
    )


@login_required
def assign_duty(request: SignedRequest, organization_id: str, link: str) -> HttpResponse:
    """Name who answers for a key link of management."""
    found = queries.organization_seen(organization_id, request.user)
    named = queries.link_named(link)
    here = reverse("organizations:organization", args=[found.id])
    return act(
        request,
        partial(DutyForm, organization=found),
        lambda form: commands.assign_duty(
            found,
            named,
            form.cleaned_data["responsible"],
            form.cleaned_data["rule"],
            by=request.signature,
        ),
        title=say("明确责任：{link}", link=Link(named).label),
        then=here,
        done=say("责任清单已更新"),
        back=here,
    )
