from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, Row
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.foundation.organizations.rules import Kind, Level, Link
from shuce.kernel.identifiers import new_id
from shuce.kernel.refusals import NotFound, NotPermitted, Obstacle


class Organization(Row):
    """A body with a part in the life of data assets, in its place in the tree."""

    name = models.CharField("名称", max_length=200)
    kind = ChoiceField("类别", choice=Kind)
    level = ChoiceField("层级", choice=Level)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    region_code = models.CharField("行政区划代码", max_length=6)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    # The ids from the root down to this one, so that a subtree is one prefix.
    path = models.CharField(max_length=500, db_index=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **options: object) -> None:
        self.path = f"{self.parent.path if self.parent else '/'}{self.id}/"
        super().save(*args, **options)

    def is_within(self, other: "Organization") -> bool:
        """Say whether this is `other` or stands somewhere below it."""
        return self.path.startswith(other.path)

    @property
    def depth(self) -> int:
        return self.path.count("/") - 2


# Signs what happens by the calendar; nobody signs in with it.
CLOCKWORK = "clockwork"


class Member(AbstractUser):
    """A person with a sign-in."""

    id = models.CharField(primary_key=True, max_length=26, default=new_id, editable=False)
    name = models.CharField("姓名", max_length=50)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="members"
    )

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def posts_held(self) -> list["Post"]:
        """The posts in force now, read once for each request."""
        return list(self.posts.filter(ended_on=None).select_related("organization"))

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything this person may do somewhere: decides what menus show, never what is done."""
        return frozenset(p for post in self.posts_held for p in Role(post.role).permissions)

    def may(self, permission: Permission, within: Organization) -> bool:
        """Say whether a post of this person reaches `within` and carries `permission`."""
        return any(
            within.is_within(post.organization) and permission in Role(post.role).permissions
            for post in self.posts_held
        )

    def reach(self, *permissions: Permission) -> tuple[str, ...]:
        """The paths of the places where this person has any of `permissions`."""
        return tuple(
            {
                post.organization.path
                for post in self.posts_held
                if Role(post.role).permissions.intersection(permissions)
            }
        )


class Post(Row):
    """A role that a person holds at a place: it reaches that place and all below."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="posts")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="posts")
    role = ChoiceField("岗位", choice=Role)
    began_on = models.DateField("任职日期")
    ended_on = models.DateField("免职日期", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "organization", "role"],
                condition=Q(ended_on=None),
                name="post_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member} {Role(self.role).label}（{self.organization}）"


class Duty(Row):
    """责任清单: who answers for one key link of management in one body, and under which rule."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="duties")
    link = ChoiceField("重点管理环节", choice=Link)
    responsible = models.ForeignKey(Member, models.PROTECT, related_name="duties")
    rule = models.CharField("内部制度", max_length=200)
    since = models.DateField("起始日期")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "link"], name="duty_of_each_link")
        ]

    def __str__(self) -> str:
        return f"{self.organization} {Link(self.link).label}：{self.responsible}"


class ApiToken(Row):
    """A key with which a program acts as one person. Only its digest is kept."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="tokens")
    name = models.CharField("用途", max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_on = models.DateField("到期日")
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Signature:
    """Who acts, and when. Every command is signed; every event keeps the signature."""

    member: Member
    at: datetime

    @property
    def member_id(self) -> str:
        return str(self.member.pk)

    @property
    def organization_id(self) -> str:
        return str(self.member.organization_id or "")

    @property
    def today(self) -> date:
        """The day in China on which this is signed."""
        from django.utils.timezone import localtime

        return localtime(self.at).date()

    def require(self, permission: Permission, *, within: Organization) -> None:
        """Refuse unless the signer has `permission` at `within`."""
        if not self.member.may(permission, within):
            raise NotPermitted(
                Obstacle(
                    "{person}没有在“{place}”{permission}的权限",
                    person=self.member,
                    place=within,
                    permission=permission.label,
                )
            )

    def require_sight(self, *permissions: Permission, within: Iterable[Organization]) -> None:
        """Say that nothing is here, unless the signer may see one of the places `within`."""
        if not any(self.member.may(p, place) for p in permissions for place in within):
            raise NotFound(Obstacle("没有找到，或您无权查看"))
