"""Cards are found by words, pinyin and codes; what one may not see, one does not find or count."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuce.engines.search import Part, ask, matches
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.evidence.sequencer import number_entries
from shuce.foundation.organizations import passing
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.search import index, tables
from shuce.foundation.search.index import Said
from shuce.foundation.search.models import Followed, Text
from shuce.lifecycle.inventory.events import SourceScanned
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register import bulk, commands, revising, texts
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.search import MOST, Narrowed, search, suggest
from shuce.lifecycle.register.words import Grade
from tests import make
from tests.lifecycle import assets
from tests.lifecycle.register.test_bulk import entered, row


@pytest.fixture
def cards(city, home):
    """Three cards of one unit and one of another, said as the log tells them."""
    named = {
        "A1": ("不动产登记信息", "按日更新的产权登记簿"),
        "A2": ("重庆银行流水", "对账用"),
        "A3": ("门诊就诊记录", "产前检查除外"),
    }
    entered(city, [row(key, name=name, summary=said) for key, (name, said) in named.items()])
    bulk.enter_cards_in_bulk(
        city.other_unit,
        [row("B1", name="疫苗不动产仓库")],
        assets.answers(),
        title="另一单位",
        by=city.sign(Role.ASSET_KEEPER, city.other_unit),
    )
    tell(make.NOON)
    return {card.key_in_source: card for card in Card.objects.all()}


def tell(at):
    number_entries(at)
    texts.follow_log(at)


def names(city, typed, role=Role.ASSET_KEEPER, body=None, **narrowed):
    member = city.sign(role, body or city.unit).member
    hits = search(typed, Narrowed(**narrowed), member)
    return [card.name for card in hits.page(0, 100)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("不动产", ["不动产登记信息"]),
        ("动产", ["不动产登记信息"]),
        ("产", ["不动产登记信息", "门诊就诊记录"]),
        ("bdc", ["不动产登记信息"]),
        ("chongqingyinhang", ["重庆银行流水"]),
        ("jiuzhen", ["门诊就诊记录"]),
        ("A2", ["重庆银行流水"]),
        ("健康信息", ["不动产登记信息", "门诊就诊记录", "重庆银行流水"]),
        ("登记 产权", ["不动产登记信息"]),
        ("登记 银行", []),
        ("　", []),
        ("'\"; -- AND", []),
    ],
)
def test_words_pinyin_and_codes_find_cards_of_ones_own_body(city, cards, typed, found):
    assert sorted(names(city, typed)) == sorted(found)


def test_hits_counts_facets_and_suggestions_hold_only_what_the_reader_may_see(city, cards):
    unit = city.sign(Role.ASSET_KEEPER, city.unit).member
    bureau = city.sign(Role.BUREAU_REVIEWER, city.bureau).member
    nobody = city.sign(Role.OPERATOR_AGENT, city.operator).member
    assert [search("不动产", Narrowed(), who).count for who in (unit, bureau, nobody)] == [1, 2, 0]
    assert suggest("bdc", unit) == ["不动产登记信息"]
    assert sorted(suggest("bdc", bureau)) == ["不动产登记信息", "疫苗不动产仓库"]
    # Only names are suggested: this word stands in what the card says of itself.
    assert suggest("产权登记簿", bureau) == []
    assert suggest("bdc", nobody) == []
    facets = {(f.name, f.label): f.count for f in search("产", Narrowed(), bureau).facets}
    assert facets["department", "市卫生健康委"] == 3
    assert search("产", Narrowed(), nobody).facets == []
    # A card let to a body outside is found there from the same moment, and then no longer.
    commands.admit_reader(cards["A1"], city.operator, "cause", by=city.system_admin)
    assert names(city, "不动产", Role.OPERATOR_AGENT, city.operator) == ["不动产登记信息"]
    commands.dismiss_reader("cause", by=city.system_admin)
    assert names(city, "不动产", Role.OPERATOR_AGENT, city.operator) == []


def test_the_index_alone_lets_nobody_see_a_card(city, cards):
    # An index that says more than is true is corrected by the register itself.
    stranger = city.sign(Role.OPERATOR_AGENT, city.operator).member
    said = Said(
        cards["A1"].id,
        (Part("不动产登记信息"),),
        frozenset({texts.reader_label(city.operator.id)}),
        make.NOON,
    )
    with transaction.atomic():
        index.keep([said])
    assert search("不动产", Narrowed(), stranger).count == 0
    assert suggest("不动产", stranger) == []


def test_hits_are_narrowed_by_their_facets(city, cards):
    security = city.sign(Role.SECURITY_OFFICER, city.unit)
    commands.confirm_grade(cards["A1"], Grade.L4, by=security)
    assert names(city, "产", grade="L4") == ["不动产登记信息"]
    assert names(city, "产", grade="L1") == []
    assert len(names(city, "产", department=city.department.id)) == 2
    assert names(city, "产", department=city.bureau.id, industry="J") == []


def test_a_changed_card_is_found_by_what_it_says_now(city, cards):
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    revising.revise_card(cards["A1"], {"name": "林权登记"}, "改名", by=keeper)
    assert names(city, "林权") == ["林权登记"]
    assert names(city, "不动产") == []
    assert Text.objects.count() == 4


def test_an_exact_name_or_number_comes_first_and_what_changed_last_before_the_rest(city, home):
    titles = ["登记簿副本", "门诊登记", "登记", "登记簿", "住院登记"]
    entered(city, [row(f"R{n}", name=name) for n, name in enumerate(titles)])
    tell(make.NOON)
    assert names(city, "登记")[:3] == ["登记", "登记簿", "登记簿副本"]
    assert set(names(city, "登记")[3:]) == {"门诊登记", "住院登记"}


def test_columns_of_the_resource_are_found_and_a_scan_that_changes_them_is_followed(
    city, home, tmp_path
):
    card = assets.drafted(city, assets.found(city, tmp_path))
    assert names(city, "mobile") == [card.name]
    assert names(city, "visits") == [card.name]
    Resource.objects.update(columns=[{"name": "zjhm", "comment": "证件号码"}])

    @command
    def scanned(*, by):
        source = card.resource.source_id
        record(SourceScanned(source, "scan", 1, 0, 0, organization_id=city.unit.id), by)

    scanned(by=city.sign(Role.DATA_STEWARD, city.unit))
    tell(make.NOON)
    assert names(city, "证件") == names(city, "zhengjianhaoma") == [card.name]
    assert names(city, "mobile") == []


def test_a_body_that_moves_in_the_tree_takes_its_cards_along(city, cards):
    clerk = Signature(city.system_admin.member, make.NOON)
    passing.close_body(city.unit, city.other_unit, by=clerk)
    tell(make.NOON)
    # Those who held posts at the heir now look on the closed body's cards, too.
    assert "不动产登记信息" in names(city, "不动产", body=city.other_unit)


def test_following_again_says_nothing_twice_and_a_crash_loses_nothing(city, cards, monkeypatch):
    before = Followed.objects.get().size
    ids = set(Text.objects.values_list("id", flat=True))
    tell(make.NOON)
    assert set(Text.objects.values_list("id", flat=True)) == ids
    entered(city, [row("A9", name="台风路径")])
    number_entries(make.NOON)
    monkeypatch.setattr(texts.index, "keep", _fail)
    with pytest.raises(RuntimeError):
        texts.follow_log(make.NOON)
    assert Followed.objects.get().size == before
    monkeypatch.undo()
    tell(make.NOON)
    assert names(city, "台风") == ["台风路径"]
    assert Followed.objects.get().size > before


def _fail(said):
    raise RuntimeError("the power went")


def test_reindexing_makes_the_same_index_from_nothing(city, cards):
    with transaction.atomic():
        index.clear()
    assert names(city, "不动产") == []
    assert list(texts.say_all_anew(make.NOON)) == [4]
    assert names(city, "不动产") == ["不动产登记信息"]


def test_counting_stops_at_a_thousand_and_says_so(city, cards, monkeypatch):
    monkeypatch.setattr("shuce.lifecycle.register.search.MOST", 2)
    hits = search("健康信息", Narrowed(), city.sign(Role.ASSET_KEEPER, city.unit).member)
    assert (hits.count, hits.capped, len(hits.page(0, 20))) == (2, True, 2)
    assert MOST == 1_000


LETTERS = "数据不动产登记银行重庆长abz01-"
NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=14), min_size=1, max_size=12)
ASKED = st.one_of(
    st.text(LETTERS, min_size=1, max_size=4),
    st.sampled_from(
        ["shuju", "bdc", "yinh", "changqing", "chong", "an", "dj", "sj", "a b", "动 z"]
    ),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=NAMES, asked=st.lists(ASKED, min_size=1, max_size=4))
def test_the_database_finds_exactly_what_the_texts_answer(db, names, asked):
    """The one definition of a hit is `matches`; it holds on SQLite and on PostgreSQL."""
    with transaction.atomic():
        index.keep(
            Said(f"{n:026d}", (Part(name),), frozenset({"all", f"odd:{n % 2}"}), make.NOON)
            for n, name in enumerate(names)
        )
        said = dict(Text.objects.values_list("subject_id", "text"))
        for typed in asked:
            question = ask(typed)
            right = sorted((s for s, text in said.items() if question and matches(text, question)))
            found = index.find(question, all_of=["all"], any_of=["odd:0", "odd:1"], most=100)
            assert sorted(found) == right, typed
            odd = index.find(question, all_of=["all"], any_of=["odd:1"], most=100)
            assert sorted(odd) == [s for s in right if int(s) % 2]
        transaction.set_rollback(True)


def test_windows_on_postgresql_hide_nothing(db, monkeypatch):
    monkeypatch.setattr(tables, "_WINDOWS", (1, 2, 3))
    with transaction.atomic():
        index.keep(
            Said(
                f"{n:026d}",
                (Part("门诊" if n % 7 == 0 else "数据"),),
                frozenset({"all"}),
                make.NOON,
            )
            for n in range(100)
        )
    for word, right in (("数据", 85), ("门诊", 15)):
        for most in (1, 5, 40, 100):
            found = index.find(ask(word), all_of=[], any_of=["all"], most=most)
            newest = sorted(
                (n for n in range(100) if (n % 7 == 0) is (word == "门诊")), reverse=True
            )
            assert [int(one) for one in found] == newest[:most]
            assert len(newest) == right
    assert connection.vendor in ("sqlite", "postgresql")


def test_the_list_of_the_register_is_searched_by_the_same_words(city, cards, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    found = client.get("/register/cards/", {"search": "bdc"}).content.decode()
    assert "不动产登记信息" in found
    assert "门诊" not in found
    assert "疫苗" not in found
    exported = client.get("/register/cards/", {"search": "产", "export": "xlsx"})
    assert exported["Content-Type"].endswith("sheet")


def test_the_page_and_the_api_find_alike(city, cards, client):
    client.force_login(city.sign(Role.ASSET_KEEPER, city.unit).member)
    page = client.get("/search/", {"q": "bdc"}).content.decode()
    assert "不动产登记信息" in page
    assert "疫苗" not in page
    assert "没有找到资产" in client.get("/search/", {"q": "台风"}).content.decode()
    assert client.get("/search/").status_code == 200
    assert client.get("/search/", {"q": "产", "page": "9", "grade": "nonsense"}).status_code == 200
    told = client.get("/api/v1/search", {"q": "bdc"}).json()
    assert (told["count"], told["capped"]) == (1, False)
    assert told["cards"][0]["id"] == cards["A1"].id
    assert client.get("/api/v1/search/suggest", {"q": "budongch"}).json() == ["不动产登记信息"]
    assert "不动产登记信息" in client.get("/search/suggestions/", {"q": "不动"}).content.decode()
