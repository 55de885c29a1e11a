"""What each platform wants to be sent, how it is signed, and how it says that it was accepted.

Formats as the platforms document them: 企业微信群机器人 (developer.work.weixin.qq.com), 钉钉
自定义机器人加签 (open.dingtalk.com), 飞书自定义机器人签名校验 (open.feishu.cn). Written from memory
of those pages, and tried here against a local server only.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote_plus

from shuce.foundation.notices.words import Flavour


@dataclass(frozen=True)
class Message:
    """What is sent: a sentence that says only that something waits, with a link."""

    kind: str
    text: str
    link: str
    at: datetime


@dataclass(frozen=True)
class Post:
    """A request ready to be sent."""

    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def post_for(flavour: Flavour, url: str, secret: str, message: Message) -> Post:
    """Return the request by which `message` reaches a webhook of this flavour."""
    return _MAKERS[flavour](url, secret, message)


def is_accepted(flavour: Flavour, status: int, body: bytes) -> bool:
    """Say whether the answer means accepted: the platforms say so in the body, not by status."""
    if not 200 <= status < 300:
        return False
    if flavour is Flavour.PLAIN:
        return True
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    if not isinstance(answer, dict):
        return False
    code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
    return code == 0


def _wecom(url: str, secret: str, message: Message) -> Post:
    return Post(url, _json({"msgtype": "text", "text": {"content": _words(message)}}))


def _dingtalk(url: str, secret: str, message: Message) -> Post:
    if secret:
        millis = str(int(message.at.timestamp() * 1000))
        sign = quote_plus(_hmac(secret.encode(), f"{millis}\n{secret}".encode()))
        url += f"{'&' if '?' in url else '?'}timestamp={millis}&sign={sign}"
    return Post(url, _json({"msgtype": "text", "text": {"content": _words(message)}}))


def _feishu(url: str, secret: str, message: Message) -> Post:
    body: dict[str, object] = {"msg_type": "text", "content": {"text": _words(message)}}
    if secret:
        seconds = str(int(message.at.timestamp()))
        # The platform's own order: the key is the text to sign, and nothing is signed with it.
        body |= {"timestamp": seconds, "sign": _hmac(f"{seconds}\n{secret}".encode(), b"")}
    return Post(url, _json(body))


def _plain(url: str, secret: str, message: Message) -> Post:
    body = _json({"kind": message.kind, "text": message.text, "link": message.link})
    seconds = str(int(message.at.timestamp()))
    headers = {"X-Shuce-Timestamp": seconds}
    if secret:
        digest = hmac.new(secret.encode(), seconds.encode() + b"\n" + body, hashlib.sha256)
        headers["X-Shuce-Signature"] = f"sha256={digest.hexdigest()}"
    return Post(url, body, headers)


_MAKERS: dict[Flavour, Callable[[str, str, Message], Post]] = {
    Flavour.WECOM: _wecom,
    Flavour.DINGTALK: _dingtalk,
    Flavour.FEISHU: _feishu,
    Flavour.PLAIN: _plain,
}


def _words(message: Message) -> str:
    return f"{message.text}\n{message.link}" if message.link else message.text


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
