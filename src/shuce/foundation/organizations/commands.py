"""Every change to the tree of bodies, the posts people hold, and the duty list."""

import hashlib
import secrets
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations import events, rules
from shuce.foundation.organizations.models import (
    CLOCKWORK,
    ApiToken,
    Duty,
    Member,
    Organization,
    Post,
    Signature,
)
from shuce.foundation.organizations.permissions import ADMINISTRATORS, Permission, Role
from shuce.foundation.organizations.rules import Kind, Link
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound, NotPermitted, Obstacle, Refused, refuse_if

LONGEST_TOKEN_DAYS = 365


@command
def found_register(
    body: rules.Entering, *, username: str, name: str, password: str, at: datetime
) -> Signature:
    """Enter the first bureau and its first system administrator, into an empty register.

    Nobody exists yet who could sign, so the administrator signs their own entry; everybody
    after is entered by somebody else. Return the administrator's signature.
    """
    refuse_if([Obstacle("登记簿已经启用")] if Organization.objects.exists() else [])
    refuse_if(rules.obstacles_to_enter(body, None))
    check_password(password)
    bureau = Organization.objects.create(**vars(body))
    member = _make_member(bureau, username, name, password)
    # What happens by the calendar (a grant that expires) is signed by nobody's account.
    Member.objects.create(username=CLOCKWORK, name="系统定时任务", organization=bureau)
    by = Signature(member, at)
    record(_entered(bureau), by)
    record(events.MemberEntered(member.pk, username, organization_id=bureau.id), by)
    _post(member, bureau, Role.SYSTEM_ADMIN, by)
    return by


def clockwork(at: datetime) -> Signature:
    """Return the signature of what happens by the calendar."""
    return Signature(Member.objects.get(username=CLOCKWORK), at)


@command
def enter_organization(
    body: rules.Entering, parent: Organization | None, *, by: Signature
) -> Organization:
    """Enter a body below `parent`; a body outside the tree (an operator, say) has no parent."""
    within = parent or _root_of(by)
    by.require(Permission.ORGANIZATION_MANAGE, within=within)
    refuse_if(rules.obstacles_to_enter(body, Kind(parent.kind) if parent else None))
    if parent:
        refuse_if(rules.obstacles_to_join(parent.name, parent.closed_on))
    if Organization.objects.filter(uscc=body.uscc).exists():
        raise Refused(Obstacle("该统一社会信用代码已登记", Clause.N_1, field="uscc"))
    organization = Organization.objects.create(parent=parent, **vars(body))
    record(_entered(organization), by)
    return organization


@command
def enter_member(
    organization: Organization, *, username: str, name: str, password: str, by: Signature
) -> Member:
    """Give a person of `organization` a sign-in. Posts come separately, from somebody else."""
    by.require(Permission.ORGANIZATION_MANAGE, within=managed_with(organization, by))
    refuse_if(rules.obstacles_to_join(organization.name, organization.closed_on))
    if Member.objects.filter(username=username).exists():
        raise Refused(Obstacle("登录名已被使用", field="username"))
    check_password(password)
    member = _make_member(organization, username, name, password)
    record(events.MemberEntered(member.pk, username, organization_id=organization.id), by)
    return member


@command
def appoint(member: Member, organization: Organization, role: Role, *, by: Signature) -> Post:
    """Give `member` a role at `organization`: for the security administrator, never for oneself."""
    by.require(Permission.POST_MANAGE, within=managed_with(organization, by))
    if member.pk == by.member_id:
        raise NotPermitted(Obstacle("不能给自己任命岗位", Clause.N_10))
    refuse_if(rules.obstacles_to_join(organization.name, organization.closed_on))
    held = Post.objects.select_for_update().filter(member=member, ended_on=None)
    roles = [Role(post.role) for post in held]
    refuse_if(
        rules.obstacles_to_appoint(
            role in ADMINISTRATORS,
            sum(r in ADMINISTRATORS and r is not role for r in roles),
            any(p.organization_id == organization.id and p.role == role for p in held),
        )
    )
    return _post(member, organization, role, by)


@command
def appoint_first_security_admin(
    member: Member, organization: Organization, *, by: Signature
) -> Post:
    """Appoint the first security administrator, who then appoints everybody else."""
    by.require(Permission.ORGANIZATION_MANAGE, within=organization)
    if Post.objects.filter(role=Role.SECURITY_ADMIN).exists() or member.pk == by.member_id:
        raise NotPermitted(Obstacle("安全管理员已经任命，由其任免岗位", Clause.N_10))
    return _post(member, organization, Role.SECURITY_ADMIN, by)


@command
def dismiss(post: Post, *, by: Signature) -> Post:
    """End a post today. What the person decided stays in the log under their name."""
    by.require(Permission.POST_MANAGE, within=managed_with(post.organization, by))
    post = Post.objects.select_for_update().get(id=post.id)
    refuse_if([Obstacle("该任职已经结束")] if post.ended_on else [])
    post.ended_on = by.today
    post.save(update_fields=["ended_on"])
    record(
        events.MemberDismissed(
            post.id,
            post.member_id,
            post.role,
            post.organization_id,
            organization_id=post.organization_id,
        ),
        by,
    )
    return post


@command
def assign_duty(
    organization: Organization, link: Link, responsible: Member, rule: str, *, by: Signature
) -> Duty:
    """Name who answers for `link` in `organization`, and under which internal rule."""
    by.require(Permission.DUTY_MANAGE, within=organization)
    if responsible.organization_id != organization.id:
        raise Refused(Obstacle("责任人须是本单位人员", Clause.N_2, field="responsible"))
    if not rule.strip():
        raise Refused(Obstacle("请填写所依据的内部制度", Clause.N_2, field="rule"))
    duty, _ = Duty.objects.update_or_create(
        organization=organization,
        link=link,
        defaults={"responsible": responsible, "rule": rule, "since": by.today},
    )
    record(
        events.DutyAssigned(duty.id, link, responsible.pk, rule, organization_id=organization.id),
        by,
    )
    return duty


@command
def make_token(name: str, expires_on: date, *, by: Signature) -> tuple[ApiToken, str]:
    """Make a key for a program; return it with its secret, which is shown this once."""
    refuse_if(rules.obstacles_to_token(expires_on, by.today, LONGEST_TOKEN_DAYS))
    secret = f"shuce_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        member=by.member,
        name=name,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        made_at=by.at,
        expires_on=expires_on,
    )
    record(events.TokenMade(token.id, name, expires_on.isoformat()), by)
    return token, secret


@command
def revoke_token(token: ApiToken, *, by: Signature) -> ApiToken:
    """Stop one of the signer's own keys at once."""
    if token.member_id != by.member_id:
        raise NotFound(Obstacle("没有这个接口密钥"))
    refuse_if([Obstacle("该密钥已经吊销")] if token.revoked_at else [])
    token.revoked_at = by.at
    token.save(update_fields=["revoked_at"])
    record(events.TokenRevoked(token.id, token.name), by)
    return token


def require_duty(organization: Organization, link: Link) -> None:
    """Refuse work in `link` while the duty list of `organization` has a hole there (N-2)."""
    covered = Duty.objects.filter(organization=organization).values_list("link", flat=True)
    refuse_if(rules.obstacles_to_work(link, {Link(code) for code in covered}))


def _entered(body: Organization) -> events.OrganizationEntered:
    return events.OrganizationEntered(
        body.id, body.name, body.kind, body.uscc, body.parent_id or "", organization_id=body.id
    )


def _post(member: Member, organization: Organization, role: Role, by: Signature) -> Post:
    post = Post.objects.create(
        member=member, organization=organization, role=role, began_on=by.today
    )
    record(
        events.MemberAppointed(
            post.id, member.pk, role, organization.id, organization_id=organization.id
        ),
        by,
    )
    return post


def _make_member(organization: Organization, username: str, name: str, password: str) -> Member:
    member = Member(username=username, name=name, organization=organization)
    member.set_password(password)
    member.save()
    return member


def _root_of(by: Signature) -> Organization:
    assert by.member.organization is not None, "everybody belongs somewhere"
    return Organization.objects.get(id=by.member.organization.path.split("/")[1])


def managed_with(organization: Organization, by: Signature) -> Organization:
    """Bodies outside the tree are managed by the administrators of the signer's root bureau."""
    return _root_of(by) if not Kind(organization.kind).holds_assets else organization


def check_password(password: str) -> None:
    """Refuse a weak password, with every reason."""
    try:
        validate_password(password)
    except ValidationError as error:
        faults = [_WEAK.get(one.code or "", "这个口令不能用") for one in error.error_list]
        raise Refused(*(Obstacle(fault, field="password") for fault in faults)) from error


# Why a password is weak, by Django's codes; Django's own Chinese lacks some of these sentences.
_WEAK = {
    "password_too_short": "口令太短，至少8个字符",
    "password_too_common": "口令太常见，请换一个",
    "password_entirely_numeric": "口令不能全是数字",
    "password_too_similar": "口令与登录名或姓名太像",
}
