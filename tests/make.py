"""Build test worlds through commands, so that they carry evidence as real ones do."""

from dataclasses import dataclass
from datetime import UTC, datetime

from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.organizations import commands
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.rules import Entering, Kind, Level, Link
from shuce.kernel.identifiers import body_check_character, uscc_check_character

NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)
PASSWORD = "shuce-Test-2026"


def uscc(prefix: str, serial: int, region: str = "310000") -> str:
    """Return a well-formed credit code with right check digits, the `serial`-th of its kind."""
    body = f"{serial:08d}"
    first_17 = f"{prefix}{region}{body}{body_check_character(body)}"
    return first_17 + uscc_check_character(first_17)


@dataclass
class City:
    """The bodies and their people. `sign(role, body)` signs as the one who holds the role there."""

    bureau: Organization
    department: Organization
    unit: Organization
    other_unit: Organization
    operator: Organization
    other_operator: Organization
    appraiser: Organization
    other_appraiser: Organization
    exchange: Organization
    client: Organization
    system_admin: Signature
    security_admin: Signature

    def sign(self, role: Role, body: Organization, at: datetime = NOON) -> Signature:
        member = Member.objects.filter(
            posts__role=role, posts__organization=body, posts__ended_on=None
        ).first()
        if member is None:
            member = self.add(role, body)
        return Signature(Member.objects.get(pk=member.pk), at)

    def add(self, role: Role, body: Organization, name: str = "") -> Member:
        """Enter one more person of `body` and appoint them to `role`."""
        serial = Member.objects.count()
        member = commands.enter_member(
            body,
            username=f"person{serial}",
            name=name or f"人员{serial}",
            password=PASSWORD,
            by=self.system_admin,
        )
        commands.appoint(member, body, role, by=self.security_admin)
        return member


def city() -> City:
    """A bureau, a department with two units, and the bodies outside the tree; duties filled."""
    system_admin = commands.found_register(
        Entering("市财政局", Kind.FINANCE, Level.PROVINCE, uscc("11", 1), "310000"),
        username="system",
        name="系统管理员",
        password=PASSWORD,
        at=NOON,
    )
    bureau = system_admin.member.organization
    assert bureau is not None
    guard = commands.enter_member(
        bureau, username="security", name="安全管理员", password=PASSWORD, by=system_admin
    )
    commands.appoint_first_security_admin(guard, bureau, by=system_admin)

    def enter(name: str, kind: Kind, prefix: str, serial: int, parent: Organization | None = None):
        return commands.enter_organization(
            Entering(name, kind, Level.PROVINCE, uscc(prefix, serial), "310000"),
            parent,
            by=system_admin,
        )

    department = enter("市卫生健康委", Kind.DEPARTMENT, "11", 2, bureau)
    found = City(
        bureau=bureau,
        department=department,
        unit=enter("市健康信息中心", Kind.INSTITUTION, "12", 3, department),
        other_unit=enter("市疾控监测所", Kind.INSTITUTION, "12", 4, department),
        operator=enter("申数运营公司", Kind.OPERATOR, "91", 5),
        other_operator=enter("浦数运营公司", Kind.OPERATOR, "91", 6),
        appraiser=enter("申正资产评估", Kind.APPRAISER, "91", 7),
        other_appraiser=enter("华衡资产评估", Kind.APPRAISER, "91", 8),
        exchange=enter("市数据交易所", Kind.EXCHANGE, "91", 9),
        client=enter("康宁保险公司", Kind.CLIENT, "91", 10),
        system_admin=system_admin,
        security_admin=Signature(guard, NOON),
    )
    install_procedures(by=found.sign(Role.BUREAU_REVIEWER, bureau))
    for body in (found.unit, found.other_unit):
        head = found.sign(Role.UNIT_HEAD, body)
        for link in Link:
            commands.assign_duty(body, link, head.member, "数据资产管理办法（试行）", by=head)
    return found
