"""The procedures that come with the register can be read, those that ask a table too."""

import pytest
from django.utils import translation

from shuce.foundation.approvals.procedures import install_procedures
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
