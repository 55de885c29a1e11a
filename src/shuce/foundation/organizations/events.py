from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class OrganizationEntered(Event):
    """A body was entered into the tree of organizations."""

    kind: ClassVar[str] = "organizations.entered"
    clause: ClassVar[Clause] = Clause.N_1
    label: ClassVar[str] = "登记组织机构"

    name: str
    organization_kind: str
    uscc: str
    parent_id: str


@dataclass(frozen=True)
class MemberEntered(Event):
    """A person was given a sign-in."""

    kind: ClassVar[str] = "organizations.member_entered"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "开通人员账号"

    username: str


@dataclass(frozen=True)
class MemberAppointed(Event):
    """A person was appointed to a role at a place."""

    kind: ClassVar[str] = "organizations.appointed"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "任命岗位"

    member_id: str
    role: str
    place_id: str


@dataclass(frozen=True)
class MemberDismissed(Event):
    """A person's post ended."""

    kind: ClassVar[str] = "organizations.dismissed"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "免去岗位"

    member_id: str
    role: str
    place_id: str


@dataclass(frozen=True)
class DutyAssigned(Event):
    """A responsible person and the internal rule were named for a key link of management."""

    kind: ClassVar[str] = "organizations.duty_assigned"
    clause: ClassVar[Clause] = Clause.N_2
    label: ClassVar[str] = "明确责任清单"

    link: str
    responsible_id: str
    rule: str


@dataclass(frozen=True)
class TokenMade(Event):
    """A key was made with which a program may act as this person."""

    kind: ClassVar[str] = "organizations.token_made"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "生成接口密钥"

    purpose: str
    expires_on: str


@dataclass(frozen=True)
class TokenRevoked(Event):
    """A program's key was revoked and stopped working at once."""

    kind: ClassVar[str] = "organizations.token_revoked"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "吊销接口密钥"

    purpose: str


@dataclass(frozen=True)
class PasswordSet(Event):
    """An administrator gave a person a new password; the password itself is not recorded."""

    kind: ClassVar[str] = "organizations.password_set"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "重设口令"

    username: str


@dataclass(frozen=True)
class SecondFactorLifted(Event):
    """A security administrator removed the second factor of a person who lost it."""

    kind: ClassVar[str] = "organizations.second_factor_lifted"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "解除双因素认证"

    username: str


@dataclass(frozen=True)
class AccountClosed(Event):
    """A person's sign-in and keys were stopped."""

    kind: ClassVar[str] = "organizations.account_closed"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "停用账号"

    username: str


@dataclass(frozen=True)
class AccountReopened(Event):
    """A closed sign-in was let work again."""

    kind: ClassVar[str] = "organizations.account_reopened"
    clause: ClassVar[Clause] = Clause.N_10
    label: ClassVar[str] = "启用账号"

    username: str


@dataclass(frozen=True)
class PersonMoved(Event):
    """A person went over to the body that succeeds their own, with the posts held there."""

    kind: ClassVar[str] = "organizations.person_moved"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "人员随承继转入"

    former_id: str
    heir_id: str


@dataclass(frozen=True)
class DutiesTakenOver(Event):
    """The duty list of a former body was taken over where the heir's had holes."""

    kind: ClassVar[str] = "organizations.duties_taken_over"
    clause: ClassVar[Clause] = Clause.N_2
    label: ClassVar[str] = "承继责任清单"

    former_id: str


@dataclass(frozen=True)
class OrganizationClosed(Event):
    """A body was closed, and who succeeds it."""

    kind: ClassVar[str] = "organizations.closed"
    clause: ClassVar[Clause] = Clause.G_12
    label: ClassVar[str] = "撤销组织机构"

    heir_id: str
