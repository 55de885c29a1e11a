"""Who is there, seen from where the reader stands."""

import hashlib
from datetime import date
from functools import reduce
from operator import or_

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from shuce.foundation.organizations.models import (
    CLOCKWORK,
    ApiToken,
    Duty,
    Member,
    Organization,
    Post,
)
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.foundation.organizations.rules import HOLDERS, Kind, Link
from shuce.kernel.refusals import NotFound, NotPermitted, Obstacle


def within_reach(member: Member, *permissions: Permission, path: str = "path") -> Q:
    """Return the condition that a row's organization `path` lies where `member` may look.

    `path` is the look-up from the row to the organization's path: "holder__path", say.
    """
    reach = member.reach(*permissions)
    if not reach:
        return Q(pk__in=[])
    return reduce(or_, (Q(**{f"{path}__startswith": place}) for place in reach))


def holders_in_reach(member: Member, *permissions: Permission) -> list[str] | None:
    """Return the ids of the bodies where `member` may look; None where all that hold assets are.

    For long tables: a database plans well with ids, or with no condition, and badly with a join.
    """
    reach = within_reach(member, *permissions)
    holders = Organization.objects.filter(kind__in=HOLDERS)
    if not holders.exclude(reach).exists():
        return None
    return list(Organization.objects.filter(reach).values_list("id", flat=True))


def organizations_seen_by(member: Member) -> QuerySet[Organization]:
    """The reader's own body, all below the reader's posts, and the bodies outside the tree."""
    paths = {post.organization.path for post in member.posts_held}
    if member.organization:
        paths.add(member.organization.path)
    seen = reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[]))
    outside = Q(kind__in=[kind for kind in Kind if kind not in HOLDERS])
    return Organization.objects.filter(seen | outside).select_related("parent").order_by("path")


def organization_seen(organization_id: str, by: Member) -> Organization:
    found = organizations_seen_by(by).filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位，或您无权查看"))
    return found


def own_body(member: Member) -> Organization:
    """Return the body a person works for; refuse an account that belongs to none."""
    if member.organization is None:
        raise NotPermitted(Obstacle("您的账号不属于任何单位"))
    return member.organization


def bodies_of(*kinds: Kind) -> QuerySet[Organization]:
    return Organization.objects.filter(kind__in=kinds, closed_on=None).order_by("name")


def department_of(organization: Organization) -> Organization | None:
    """The supervising department: the nearest one above, or the body itself if it is one."""
    return _nearest(organization, Kind.DEPARTMENT)


def bureau_of(organization: Organization) -> Organization | None:
    """The finance bureau at the body's level: the nearest one above."""
    return _nearest(organization, Kind.FINANCE)


def _nearest(organization: Organization, kind: Kind) -> Organization | None:
    ids = organization.path.strip("/").split("/")
    above = Organization.objects.filter(id__in=ids, kind=kind)
    return max(above, key=lambda body: len(body.path), default=None)


def holders_of_role(role: Role, organization: Organization) -> QuerySet[Member]:
    """People who hold `role` at exactly this place."""
    return Member.objects.filter(
        posts__role=role, posts__organization=organization, posts__ended_on=None, is_active=True
    ).distinct()


def duties_of(organization: Organization) -> dict[Link, Duty | None]:
    """The duty list with its holes: every key link, and who answers for it."""
    named = {
        Link(duty.link): duty
        for duty in Duty.objects.filter(organization=organization).select_related("responsible")
    }
    return {link: named.get(link) for link in Link}


def people_of(organization: Organization) -> QuerySet[Member]:
    """The people of a body, closed accounts included."""
    return (
        Member.objects.filter(organization=organization)
        .exclude(username=CLOCKWORK)
        .prefetch_related("posts__organization")
        .order_by("username")
    )


def with_second_factor(organization: Organization) -> frozenset[str]:
    """The people of a body who sign in with a second factor, by id."""
    found = Authenticator.objects.filter(user__in=people_of(organization).values("pk"))
    return frozenset(str(pk) for pk in found.values_list("user_id", flat=True))


def posts_of(organization: Organization) -> QuerySet[Post]:
    return (
        Post.objects.filter(organization=organization, ended_on=None)
        .select_related("member", "member__organization")
        .order_by("role", "member__username")
    )


def post_seen(post_id: str, by: Member) -> Post:
    post = (
        Post.objects.filter(id=post_id, organization__in=organizations_seen_by(by))
        .select_related("organization", "member")
        .first()
    )
    if post is None:
        raise NotFound(Obstacle("没有这个岗位，或您无权查看"))
    return post


def link_named(code: str) -> Link:
    try:
        return Link(code)
    except ValueError:
        raise NotFound(Obstacle("没有这个管理环节")) from None


def person_seen(member_id: str, by: Member) -> Member:
    """Return a person of a body the reader sees."""
    member = Member.objects.filter(
        pk=member_id, organization__in=organizations_seen_by(by).values("id")
    ).first()
    if member is None:
        raise NotFound(Obstacle("没有这个人员，或您无权查看"))
    return member


def member_of(member_id: str, organization: Organization) -> Member:
    member = Member.objects.filter(pk=member_id, organization=organization).first()
    if member is None:
        raise NotFound(Obstacle("该单位没有这个人员"))
    return member


def token_of(token_id: str, member: Member) -> ApiToken:
    token = ApiToken.objects.filter(id=token_id, member=member).first()
    if token is None:
        raise NotFound(Obstacle("没有这个接口密钥"))
    return token


def member_with_token(secret: str, today: date) -> Member | None:
    """Return whom this secret lets act, if it is still good on `today`."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    token = (
        ApiToken.objects.filter(digest=digest, revoked_at=None, expires_on__gt=today)
        .select_related("member__organization")
        .first()
    )
    return token.member if token and token.member.is_active else None


def tokens_of(member: Member) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(member=member).order_by("-made_at")
