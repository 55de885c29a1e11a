"""A right's whole way, by hand in the browser: asked for, decided, used, shown and stopped."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from shuce.demo import journey_end, lives

PURPOSE = "按病种统计门诊负担，形成区域疾病负担指数"
MEMBERS = ("jkxx-member1", "jkxx-member2", "jkxx-member3")
ABOVE = ("wjw-reviewer", "sfj-reviewer")


@pytest.mark.browser
@pytest.mark.clause("G-6", "G-8", "G-13", "N-3", "N-4", "N-5")
def test_a_right_is_asked_for_decided_used_and_stopped(assessed, desk):
    agent = desk.of("sjyy-agent")
    _ask_for_a_right(agent, assessed.the_card.name)
    guard = desk.of("jkxx-security")
    _decide(guard)
    _decide(desk.lent_to("jkxx-finance"))
    for username in MEMBERS:
        _vote(desk.lent_to(username))
    _record_minutes(desk.lent_to(MEMBERS[0]))
    for username in ABOVE:
        _decide(desk.lent_to(username))
    agent.reload()
    expect(agent.locator("h1")).to_contain_text("有效")
    grant = agent.url

    _use_it(desk.lent_to("sjyy-analyst"), assessed.columns)
    keeper = desk.lent_to("jkxx-keeper")
    card = f"/register/cards/{assessed.the_card.id}/"
    _read_the_card(keeper, card)
    _find_the_card(keeper, assessed.the_card)
    _read_the_proof(guard, card)

    _contain_an_incident(guard, assessed.the_card)
    agent.goto(grant)
    expect(agent.locator("h1")).to_contain_text("已暂停")


def _ask_for_a_right(page: Page, card_name: str) -> None:
    """Ask with a term that is too long, read why not, put that one right."""
    page.goto("/rights/offers/")
    page.get_by_role("link", name=card_name).click()
    page.select_option("#id_right", "PROCESSING")
    page.select_option("#id_purpose_kind", "INDUSTRY")
    page.fill("#id_purpose", PURPOSE)
    for column in lives.VISIT_COLUMNS:
        page.check(f"input[name=columns][value={column}]")
    starts_on = date.fromisoformat(page.input_value("#id_starts_on"))
    page.fill("#id_ends_on", starts_on.replace(day=1, year=starts_on.year + 9).isoformat())
    page.select_option("#id_fee_basis", "FREE")
    page.get_by_role("button", name="提交申请").click()

    expect(page.locator("#id_ends_on_error")).to_contain_text("授权期限最长5年")
    assert page.input_value("#id_purpose") == PURPOSE
    ticked = page.locator("input[name=columns]:checked")
    assert ticked.count() == len(lives.VISIT_COLUMNS)

    page.fill("#id_ends_on", starts_on.replace(day=1, year=starts_on.year + 2).isoformat())
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("h1")).to_contain_text("审批中")


def _open_first_task(page: Page) -> None:
    page.goto("/")
    figure = page.locator(".figure", has_text="待办")
    expect(figure.locator(".figure-value")).to_have_text("1")
    page.goto("/inbox/")
    page.locator("#list tbody a").first.click()
    page.locator(".page-acts a.btn-primary").click()


def _decide(page: Page) -> None:
    _open_first_task(page)
    page.check("input[name=verdict][value=APPROVE]")
    page.fill("#id_opinion", "情况属实，同意。")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已办理")


def _vote(page: Page) -> None:
    _open_first_task(page)
    page.check("input[name=ballot][value=FOR]")
    page.get_by_role("button", name="提交表决").click()
    expect(page.locator("#messages")).to_contain_text("已表决")


def _record_minutes(page: Page) -> None:
    _open_first_task(page)
    page.fill("#id_number", "会纪〔2026〕12号")
    page.fill("#id_held_on", page.evaluate("new Date().toISOString().slice(0, 10)"))
    page.fill("#id_text", "会议听取了情况汇报，经集体讨论，一致同意。")
    page.get_by_role("button", name="登记会议纪要").click()
    expect(page.locator("#messages")).to_contain_text("会议纪要已登记")


def _use_it(page: Page, columns: tuple[str, ...]) -> None:
    """Ask for figures and get a table; ask for rows and read the rule's reason."""
    assert "disease" in columns
    page.goto("/cleanroom/")
    page.locator("#list tbody a").first.click()
    page.fill("#id_sql", lives.COUNT)
    page.get_by_role("button", name="提交查询").click()
    rows = page.locator("#result tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.count() >= 3
    page.fill("#id_sql", journey_end.ROWS)
    page.get_by_role("button", name="提交查询").click()
    expect(page.locator("#result [role=alert]")).to_contain_text("查询被拒绝")
    expect(page.locator("#result [role=alert]")).to_contain_text("ROW_LEVEL")
    expect(page.locator("#result [role=alert]")).to_contain_text(
        "只能输出汇总结果，不能输出逐行数据"
    )
    assert page.locator("#result tbody tr").count() == 0


def _read_the_card(page: Page, card: str) -> None:
    """The grant is marked on the card, and every event of its life is listed."""
    page.goto(card)
    expect(page.locator("main")).to_contain_text("登记标识")
    page.locator(".nav-tabs").get_by_role("link", name="生命历程").click()
    assert page.locator(".timeline-book > li").count() >= 10


def _read_the_proof(page: Page, card: str) -> None:
    page.goto(card)
    page.locator(".nav-tabs").get_by_role("link", name="生命历程").click()
    page.locator(".timeline-book .what a").first.click()
    expect(page).to_have_url(re.compile(r"/oversight/evidence/\d+/"))
    expect(page.locator("main")).to_contain_text("存证")


def _find_the_card(page: Page, card) -> None:
    """Find the card by a part of its name as one types, and take the list away as a workbook."""
    page.goto("/register/cards/")
    page.locator(".list-filters input[name=search]").type(card.name[:4])
    expect(page).to_have_url(re.compile("search="))
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list tbody")).to_contain_text(card.number)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 Excel").click()
    file = waiting.value
    assert file.suggested_filename.endswith(".xlsx")
    with open(file.path(), "rb") as out:
        assert out.read(2) == b"PK"


def _contain_an_incident(page: Page, card) -> None:
    page.goto("/watch/incidents/")
    page.get_by_role("link", name="报告事件").first.click()
    page.select_option("#id_card", card.id)
    page.select_option("#id_kind", "LEAK")
    page.fill("#id_description", "运营方账号多次尝试导出明细，怀疑账号被盗用")
    page.locator("form.card button.btn-primary").click()
    expect(page.locator("#messages")).to_contain_text("已登记")
    page.get_by_role("button", name="立即控制：暂停全部授权").click()
    page.locator("#sure button[value=yes]").click()
    expect(page.locator("#messages")).to_contain_text("事态已控制")
