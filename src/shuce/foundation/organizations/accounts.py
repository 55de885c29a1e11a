"""What administrators do with other people's sign-ins: never with their own, never all of it alone.

The system administrator sets passwords and closes accounts; the security administrator lifts a
second factor. So nobody takes over an account by themselves (N-10).
"""

from allauth.mfa.models import Authenticator

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations import events
from shuce.foundation.organizations.commands import check_password, managed_with
from shuce.foundation.organizations.models import (
    CLOCKWORK,
    ApiToken,
    Member,
    Organization,
    Signature,
)
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotPermitted, Obstacle, refuse_if


@command
def set_password(member: Member, password: str, *, by: Signature) -> Member:
    """Give another person a new password. Their open sessions end, as Django ties them to it."""
    _require(Permission.ORGANIZATION_MANAGE, member, by)
    refuse_if([] if member.is_active else [Obstacle("账号已停用，请先启用")])
    check_password(password)
    member.set_password(password)
    member.save(update_fields=["password"])
    record(events.PasswordSet(member.pk, member.username, organization_id=_home(member).id), by)
    return member


@command
def lift_second_factor(member: Member, *, by: Signature) -> Member:
    """Take away the second factor of one who lost it: their password lets them in again."""
    _require(Permission.POST_MANAGE, member, by)
    removed, _ = Authenticator.objects.filter(user=member).delete()
    refuse_if([] if removed else [Obstacle("该人员没有启用双因素认证")])
    record(
        events.SecondFactorLifted(member.pk, member.username, organization_id=_home(member).id), by
    )
    return member


@command
def close_account(member: Member, *, by: Signature) -> Member:
    """Stop a sign-in and every key of it at once. Posts are ended first, by who appointed them."""
    _require(Permission.ORGANIZATION_MANAGE, member, by)
    member = Member.objects.select_for_update().get(pk=member.pk)
    refuse_if([] if member.is_active else [Obstacle("账号已经停用")])
    held = "、".join(Role(post.role).label for post in member.posts.filter(ended_on=None))
    told = Obstacle("该人员仍有任职（{posts}），请先由安全管理员免去", Clause.N_10, posts=held)
    refuse_if([told] if held else [])
    member.is_active = False
    member.save(update_fields=["is_active"])
    ApiToken.objects.filter(member=member, revoked_at=None).update(revoked_at=by.at)
    record(events.AccountClosed(member.pk, member.username, organization_id=_home(member).id), by)
    return member


@command
def reopen_account(member: Member, *, by: Signature) -> Member:
    """Let a closed sign-in work again; its keys stay revoked."""
    _require(Permission.ORGANIZATION_MANAGE, member, by)
    member = Member.objects.select_for_update().get(pk=member.pk)
    refuse_if([Obstacle("账号没有停用")] if member.is_active else [])
    member.is_active = True
    member.save(update_fields=["is_active"])
    record(events.AccountReopened(member.pk, member.username, organization_id=_home(member).id), by)
    return member


def _require(permission: Permission, member: Member, by: Signature) -> None:
    by.require(permission, within=managed_with(_home(member), by))
    if member.pk == by.member_id:
        raise NotPermitted(Obstacle("不能管理自己的账号，请由其他管理员办理", Clause.N_10))
    if member.username == CLOCKWORK:
        raise NotPermitted(Obstacle("系统定时任务不是人员账号", Clause.N_10))


def _home(member: Member) -> Organization:
    assert member.organization is not None
    return member.organization
