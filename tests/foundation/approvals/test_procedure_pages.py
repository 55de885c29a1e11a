"""The procedures that come with the register can be read, those that ask a table too."""

import pytest
from django.utils import translation

from shuce.foundation.approvals.models import ProcedureVersion
from shuce.foundation.approvals.procedures import (
    current,
    install_procedures,
    procedures_not_installed,
)
from shuce.foundation.approvals.queries import current_procedures
from shuce.foundation.organizations.permissions import Role


@pytest.mark.clause("N-4")
def test_every_procedure_and_table_has_its_title_and_its_page(city, client):
    reviewer = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    if not current_procedures():
        install_procedures(by=reviewer)
    client.force_login(reviewer.member)
    versions = current_procedures()
    assert {"card_entry", "grant_right", "disposal"} <= {one.key for one in versions}
    with translation.override("zh-hans"):
        listed = client.get("/approvals/procedures/").content.decode()
        for version in versions:
            assert f">{version.title}<" in listed, version.key
            page = client.get(f"/approvals/procedures/{version.id}/")
            assert page.status_code == 200
            assert ("<svg" in page.content.decode().split("<main")[1]) or version.is_table


INSTALL = "/approvals/procedures/install/"


def listed(client) -> str:
    return client.get("/approvals/procedures/").content.decode()


@pytest.mark.clause("N-2")
def test_after_an_upgrade_what_came_with_it_is_installed_by_who_may(city, client):
    """A register that was founded by an earlier version lacks the procedures of later matters."""
    ProcedureVersion.objects.filter(key__in=["dataset_egress", "grant_authority"]).delete()
    before = ProcedureVersion.objects.count()
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    assert INSTALL not in listed(client)
    client.post(INSTALL)
    assert ProcedureVersion.objects.count() == before
    client.force_login(city.sign(Role.BUREAU_REVIEWER, city.bureau).member)
    assert INSTALL in listed(client)
    assert client.get(INSTALL).status_code == 405
    assert client.post(INSTALL).status_code == 302
    assert current("dataset_egress").version == 1
    assert ProcedureVersion.objects.count() == before + 2
    assert procedures_not_installed() == []
    assert INSTALL not in listed(client)
