"""People are told what waits, as they want it; nothing sensitive leaves the register."""

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from shuce.foundation.evidence.models import Entry
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.notices import commands, events, queries, sending, wire
from shuce.foundation.notices.models import Delivery, Notice, Webhook
from shuce.foundation.notices.words import CHOSEN, DeliveryState, Flavour, NoticeKind
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotFound, NotPermitted, Refused
from tests import make

SECRET = "SEC-geheim-123"
SENSITIVE = "张三的门诊数据"


class Chat:
    """A chat platform on this machine: keeps what it is sent, answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict, dict]] = []
        self.answers: list[tuple[int, bytes]] = []
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                chat.got.append((self.path, dict(self.headers), body))
                status, text = chat.answers.pop(0) if chat.answers else (200, b'{"errcode": 0}')
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.host}/robot/send?access_token=TOKEN-geheim"


@pytest.fixture
def chat(settings) -> Iterator[Chat]:
    found = Chat()
    settings.SHUCE_WEBHOOK_HOSTS = [found.host]
    settings.SHUCE_ADDRESS = "https://shuce.example.cn"
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def admin(city, home):
    return city.sign(Role.SYSTEM_ADMIN, city.unit)


def add(admin, chat, flavour=Flavour.DINGTALK, secret=SECRET, url="") -> Webhook:
    return commands.add_webhook(
        admin.member.organization,
        name="工作群",
        flavour=flavour,
        url=url or chat.url,
        secret=secret,
        kinds=[NoticeKind.TASK],
        by=admin,
    )


@command
def told(people, by, kind=NoticeKind.TASK):
    commands.tell(
        kind, people, title=SENSITIVE, url="/approvals/cases/1/", subject_id="1", topic="a", by=by
    )
    record(events.NoticesRead("1", 0), by)


def tell(city, capture, *people, kind=NoticeKind.TASK):
    by = city.sign(Role.BUREAU_REVIEWER, city.bureau)
    with capture(execute=True):
        told(people or [city.sign(Role.UNIT_HEAD, city.unit).member], by, kind)


def test_a_person_is_told_in_the_register_reads_it_and_the_bell_says_how_many(
    city, client, django_capture_on_commit_callbacks
):
    head = city.sign(Role.UNIT_HEAD, city.unit).member
    tell(city, django_capture_on_commit_callbacks)
    client.force_login(head)
    page = client.get("/notices/")
    assert SENSITIVE in page.content.decode()
    assert page.context["unread_count"] == 1
    [notice] = queries.notices_of(head)
    went = client.get(f"/notices/{notice.id}/")
    assert (went.status_code, went["Location"]) == (302, "/approvals/cases/1/")
    assert queries.unread_count(head) == 0
    tell(city, django_capture_on_commit_callbacks)
    client.post("/notices/read/")
    assert queries.unread_count(head) == 0
    # Nobody reads another's notices.
    client.force_login(city.sign(Role.FINANCE_OFFICER, city.unit).member)
    assert client.get(f"/notices/{notice.id}/").status_code == 404
    with pytest.raises(NotFound):
        queries.notice_of(notice.id, city.sign(Role.FINANCE_OFFICER, city.unit).member)


def test_each_chooses_what_they_want_and_a_mail_holds_only_a_link(
    city, client, settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.SHUCE_MAIL_FROM, settings.SHUCE_ADDRESS = "shuce@example.cn", "https://s.example.cn"
    head = city.sign(Role.UNIT_HEAD, city.unit)
    client.force_login(head.member)
    without = client.post("/notices/preferences/", {"by_mail": ["task"], "email": ""})
    assert without.status_code == 422
    client.post(
        "/notices/preferences/",
        {"in_app": ["closed"], "by_mail": ["task"], "email": "head@example.cn"},
    )
    tell(city, django_capture_on_commit_callbacks)
    assert queries.unread_count(head.member) == 0
    [mail] = mailoutbox
    assert mail.to == ["head@example.cn"]
    assert "https://s.example.cn/approvals/cases/1/" in mail.body
    assert SENSITIVE not in mail.subject + mail.body
    tell(city, django_capture_on_commit_callbacks, kind=NoticeKind.CLOSED)
    assert (queries.unread_count(head.member), len(mailoutbox)) == (1, 1)


def test_no_mail_goes_out_where_none_is_set_up_and_the_log_says_so(
    city, mailoutbox, django_capture_on_commit_callbacks
):
    head = city.sign(Role.UNIT_HEAD, city.unit)
    commands.set_preferences(CHOSEN, [NoticeKind.TASK], "head@example.cn", by=head)
    tell(city, django_capture_on_commit_callbacks)
    assert mailoutbox == []
    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.message) == (DeliveryState.WAITING, "本系统没有启用邮件")


@pytest.mark.clause("N-9")
@pytest.mark.parametrize("flavour", list(Flavour))
def test_each_platform_gets_its_message_signed_and_without_what_it_is_about(
    city, admin, chat, flavour, django_capture_on_commit_callbacks
):
    secret = SECRET if flavour.signs else ""
    webhook = add(admin, chat, flavour, secret)
    chat.answers = [(200, b'{"code": 0}' if flavour is Flavour.FEISHU else b'{"errcode": 0}')]
    people = [city.sign(role, city.unit).member for role in (Role.UNIT_HEAD, Role.FINANCE_OFFICER)]
    tell(city, django_capture_on_commit_callbacks, *people)
    [(path, headers, body)] = chat.got  # once, though two people were told
    assert SENSITIVE not in body.decode()
    sent = json.loads(body)
    asked = parse_qs(urlsplit(path).query)
    words = "【数册】待办到达，请登录查看。\nhttps://shuce.example.cn/approvals/cases/1/"
    match flavour:
        case Flavour.WECOM:
            assert sent == {"msgtype": "text", "text": {"content": words}}
        case Flavour.DINGTALK:
            assert sent["text"]["content"] == words
            text = f"{asked['timestamp'][0]}\n{SECRET}".encode()
            assert asked["sign"] == [b64(hmac.digest(SECRET.encode(), text, "sha256"))]
            assert asked["access_token"] == ["TOKEN-geheim"]
        case Flavour.FEISHU:
            assert sent["content"]["text"] == words
            key = f"{sent['timestamp']}\n{SECRET}".encode()
            assert sent["sign"] == b64(hmac.digest(key, b"", "sha256"))
        case Flavour.PLAIN:
            assert sent["link"] == "https://shuce.example.cn/approvals/cases/1/"
            text = headers["X-Shuce-Timestamp"].encode() + b"\n" + body
            signed = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
            assert headers["X-Shuce-Signature"] == f"sha256={signed}"
    [delivery] = queries.deliveries_of(webhook)
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 1)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def test_a_message_that_is_not_accepted_is_tried_again_later_and_given_up_in_the_end(
    city, admin, chat, caplog, django_capture_on_commit_callbacks
):
    webhook = add(admin, chat)
    # A refusal in words, a redirect (never followed), a fault, then nobody there.
    chat.answers = [(200, b'{"errcode": 310000}'), (302, b""), (500, b"TOKEN-geheim")]
    with caplog.at_level(logging.DEBUG):
        tell(city, django_capture_on_commit_callbacks)
        [delivery] = queries.deliveries_of(webhook)
        assert delivery.message == "对方没有接受，状态 200"
        for _ in range(len(sending.WAITS)):
            assert sending.send_due(delivery.next_at - timedelta(seconds=1)) == 0
            assert sending.send_due(delivery.next_at) == 1
            delivery.refresh_from_db()
            if len(chat.got) == 3 and chat.server:
                chat.server.shutdown()
                chat.server.server_close()
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 1 + len(sending.WAITS))
    assert delivery.message.startswith("无法连接")
    assert "/elsewhere" not in [path for path, _, _ in chat.got]
    logged = caplog.text + "".join(
        bytes(body).decode() for body in Entry.objects.values_list("body", flat=True)
    )
    assert "geheim" not in logged
    assert sending.send_due(make.NOON + timedelta(days=9999)) == 0


def test_a_later_attempt_that_succeeds_ends_it(
    city, admin, chat, django_capture_on_commit_callbacks
):
    webhook = add(admin, chat)
    chat.answers = [(503, b"")]
    tell(city, django_capture_on_commit_callbacks)
    [delivery] = queries.deliveries_of(webhook)
    sending.send_due(delivery.next_at)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, len(chat.got)) == (DeliveryState.SENT, 2, 2)


@pytest.mark.clause("N-9")
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "http://127.0.0.1:1/hook",
        "ftp://example.com/",
        "https://user:secret@example.com/",
        "https:///hook",
        "javascript:alert(1)",
        "http://[::1",
    ],
)
def test_only_https_or_a_listed_host_may_be_added(city, admin, chat, url):
    with pytest.raises(Refused, match="https"):
        add(admin, chat, url=url)
    assert not Webhook.objects.exists()


def test_a_public_name_that_leads_inside_is_not_sent_to(monkeypatch, settings):
    settings.SHUCE_WEBHOOK_HOSTS = []
    for inside in (
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.1.1",
        "::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "fe80::1%eth0",
    ):
        monkeypatch.setattr(
            wire.socket, "getaddrinfo", lambda *_, found=inside, **__: [(0, 0, 0, "", (found, 443))]
        )
        with pytest.raises(wire.NotAllowed):
            wire.send(wire.Post("https://rebound.example.com/hook", b"{}"))


def test_only_a_bodys_own_administrator_adds_sees_and_stops_a_webhook(
    city, admin, chat, client, django_capture_on_commit_callbacks
):
    with pytest.raises(NotPermitted):
        commands.add_webhook(
            city.unit,
            name="群",
            flavour=Flavour.WECOM,
            url=chat.url,
            secret="",
            kinds=CHOSEN,
            by=city.sign(Role.SYSTEM_ADMIN, city.other_unit),
        )
    client.force_login(admin.member)
    form = {
        "organization": city.unit.id,
        "name": "工作群",
        "flavour": "dingtalk",
        "url": chat.url,
        "secret": "",
        "kinds": ["task", "overdue"],
    }
    unsigned = client.post("/notices/webhooks/new/", form)
    assert unsigned.status_code == 422
    assert "须填写签名密钥" in unsigned.content.decode()
    made = client.post("/notices/webhooks/new/", form | {"secret": SECRET})
    [webhook] = Webhook.objects.all()
    assert made["Location"] == f"/notices/webhooks/{webhook.id}/"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/notices/webhooks/{webhook.id}/try/")
    shown = client.get(f"/notices/webhooks/{webhook.id}/").content.decode()
    assert "已送达" in shown
    assert "试发消息" in shown
    assert "geheim" not in shown
    assert "geheim" not in webhook.sealed_url + webhook.sealed_secret
    stranger = city.sign(Role.SYSTEM_ADMIN, city.other_unit)
    client.force_login(stranger.member)
    assert client.get(f"/notices/webhooks/{webhook.id}/").status_code == 404
    commands.stop_webhook(webhook, by=admin)
    tell(city, django_capture_on_commit_callbacks)
    assert len(chat.got) == 1
    with pytest.raises(Refused, match="已经停用"):
        commands.try_webhook(Webhook.objects.get(), by=admin)


def test_what_no_longer_waits_counts_as_read(city, django_capture_on_commit_callbacks):
    tell(city, django_capture_on_commit_callbacks)
    head = city.sign(Role.UNIT_HEAD, city.unit)

    @command
    def settle(still):
        commands.no_longer("1", still=still, by=head)
        record(events.NoticesRead("1", 0), head)

    settle(["a"])
    assert queries.unread_count(head.member) == 1
    settle([])
    assert queries.unread_count(head.member) == 0
    assert Notice.objects.get().read_at == make.NOON


def test_a_program_reads_its_own_notices(city, client, django_capture_on_commit_callbacks):
    tell(city, django_capture_on_commit_callbacks)
    client.force_login(city.sign(Role.UNIT_HEAD, city.unit).member)
    [one] = client.get("/api/v1/notices").json()
    assert (one["kind"], one["read_at"]) == ("task", None)
    assert client.post(f"/api/v1/notices/{one['id']}/read").json()["read_at"]
