"""An office changes who approves what by uploading a table, by hand in the browser."""

import csv
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from shuce.demo import bodies
from shuce.foundation.approvals.procedures import current_tables, install_procedures
from shuce.foundation.organizations.permissions import Role


@pytest.mark.browser
@pytest.mark.clause("N-2", "N-6")
def test_a_table_is_downloaded_changed_uploaded_compared_and_set(transactional_db, desk, tmp_path):
    city = bodies.found(datetime(2026, 1, 5, 1, tzinfo=UTC))
    install_procedures(by=city.sign("sfj", Role.BUREAU_REVIEWER))
    page = desk.lent_to("sfj-reviewer")
    page.goto("/approvals/procedures/")
    page.click('text="处置审批权限表"')
    page.click("text=下载")
    with page.expect_download() as fetched:
        page.click('text="CSV 表"')
    changed = tmp_path / "权限表.csv"
    text = fetched.value.path().read_text("utf-8-sig").replace("100万元", "80万元")
    # As a Chinese Excel saves it.
    changed.write_text(text, encoding="gb18030", newline="")
    page.click("text=修改或上传")
    page.set_input_files("#id_file", str(changed))
    page.click("text=检查并核对差别")
    expect(page.locator("tr.diff-changed")).to_have_count(2)
    expect(page.locator("tr.diff-changed ins").first).to_have_text("<80万元")
    page.click("text=确认，第2版生效")
    expect(page.locator("h1")).to_contain_text("现行")
    expect(page.locator("main")).to_contain_text("≥80万元")
    [table] = [one for one in current_tables() if one.key == "disposal_authority"]
    assert (table.version, "80_000_000" in table.text or "80000000" in table.text) == (2, True)
    assert len(list(csv.reader(text.splitlines()))) == 7
    # An unlawful one is told cell by cell, and nothing is set.
    changed.write_text(text.replace("<80万元", "80万元以下"), encoding="gb18030", newline="")
    page.click("text=修改或上传")
    page.set_input_files("#id_file", str(changed))
    page.click("text=检查并核对差别")
    expect(page.locator("main")).to_contain_text("第6行“账面价值”")
