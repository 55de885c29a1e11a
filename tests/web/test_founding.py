"""A register that is not a demo begins with one bureau and two administrators, once."""

import io

import pytest

from shuce.foundation.approvals.procedures import current
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Role
from shuce.web import founding
from tests.make import NOON, uscc

PASSWORDS = ("Jiading-register-1", "Jiading-register-2")


def found(code=None, level="DISTRICT", passwords=PASSWORDS):
    out = io.StringIO()
    asked = ("嘉定区财政局", code or uscc("11", 7, "310114"), "310114", level)
    status = founding.found(*asked, passwords=passwords, at=NOON, out=out)
    return status, out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_founded_register_has_its_administrators_procedures_and_rules(home, client):
    status, told = found()
    assert status == 0, told
    roles = {m.username: {p.role for p in m.posts.all()} for m in Member.objects.all()}
    assert roles["admin"] == {Role.SYSTEM_ADMIN}
    assert roles["security"] == {Role.SECURITY_ADMIN}
    assert current("grant_right")
    assert client.login(username="admin", password=PASSWORDS[0])
    assert client.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_register_is_founded_once(home):
    assert found()[0] == 0
    status, told = found()
    assert status == 2
    assert "已经启用" in told
    assert Organization.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"code": "113102290024934579"}, "社会信用代码"),
        ({"level": "VILLAGE"}, "层级"),
        ({"passwords": ("1", "2")}, "口令"),
    ],
)
def test_a_wrong_founding_is_refused_with_its_reason_and_keeps_nothing(home, wrong, reason):
    status, told = found(**wrong)
    assert status == 2
    assert reason in told
    assert not Organization.objects.exists()
