"""Send what waits to be sent, in the background: try again later, give up in the end, log all."""

import logging
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.timezone import now  # noqa: TID251  work that runs later is signed when it runs
from django_tasks import task

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.notices import events, wire
from shuce.foundation.notices.flavours import Message, is_accepted, post_for
from shuce.foundation.notices.models import Delivery
from shuce.foundation.notices.sealing import unseal
from shuce.foundation.notices.words import Channel, DeliveryState, Flavour
from shuce.foundation.organizations.commands import clockwork
from shuce.foundation.organizations.models import Signature
from shuce.kernel.words import say

log = logging.getLogger(__name__)

# After the first, second … attempt that failed; after the last the message is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
LOST_AFTER = timedelta(minutes=10)
_AT_A_TIME = 100


class NotSent(Exception):
    """Why an attempt failed, in words that hold no address and no secret."""


@task()
def deliver(delivery_id: str) -> None:
    """Make one attempt at a delivery that still waits."""
    attempt(delivery_id, now())


def attempt(delivery_id: str, at: datetime) -> None:
    """Send a waiting delivery now, and keep what came of it."""
    delivery = (
        Delivery.objects.select_related("webhook__organization", "member")
        .filter(id=delivery_id, state=DeliveryState.WAITING)
        .first()
    )
    if delivery is None:
        return
    try:
        _send(delivery, at)
    except NotSent as fault:
        _note(delivery, str(fault), failed=True, by=clockwork(at))
    else:
        _note(delivery, say("对方已接收"), failed=False, by=clockwork(at))


def send_due(at: datetime) -> int:
    """Try again what is due for it at `at`; return how many were tried."""
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=at).order_by("next_at")
    ids = list(due.values_list("id", flat=True)[:_AT_A_TIME])
    for delivery_id in ids:
        attempt(delivery_id, at)
    return len(ids)


def message_of(delivery: Delivery, at: datetime) -> Message:
    """Return the message: the kind of thing that waits, and the link. Never what it is about."""
    text = say("【数册】{kind}，请登录查看。", kind=delivery.kind.label)
    address = settings.SHUCE_ADDRESS
    link = f"{address}{delivery.url}" if address else ""
    return Message(delivery.kind.value, text, link, at)


def _send(delivery: Delivery, at: datetime) -> None:
    message = message_of(delivery, at)
    if delivery.channel == Channel.MAIL:
        _mail(delivery, message)
    else:
        _post(delivery, message)


def _mail(delivery: Delivery, message: Message) -> None:
    assert delivery.member is not None
    if not settings.SHUCE_MAIL_FROM:
        raise NotSent(say("本系统没有启用邮件"))
    body = f"{message.text}\n{message.link}"
    mail = EmailMessage(message.text, body, settings.SHUCE_MAIL_FROM, [delivery.member.email])
    try:
        mail.send()
    except OSError as fault:
        raise NotSent(_named(fault)) from None


def _post(delivery: Delivery, message: Message) -> None:
    webhook = delivery.webhook
    assert webhook is not None
    if webhook.stopped_at:
        raise NotSent(say("该渠道已经停用"))
    flavour = Flavour(webhook.flavour)
    try:
        url, secret = unseal(webhook.sealed_url), unseal(webhook.sealed_secret)
        answer = wire.send(post_for(flavour, url, secret, message))
    except wire.NotAllowed:
        raise NotSent(say("该地址不允许发送")) from None
    except InvalidToken:
        raise NotSent(say("渠道密钥无法解封，请重新添加")) from None
    except OSError as fault:
        raise NotSent(_named(fault)) from None
    if not is_accepted(flavour, answer.status, answer.body):
        # The answer itself may repeat the address, so only its status is kept.
        raise NotSent(say("对方没有接受，状态 {status}", status=answer.status))


def _named(fault: OSError) -> str:
    """The class of a fault says enough; its text may hold an address with its key."""
    return say("无法连接（{fault}）", fault=type(fault).__name__)


@command
def _note(delivery: Delivery, message: str, *, failed: bool, by: Signature) -> None:
    delivery.attempts += 1
    delivery.message = message[:200]
    delivery.next_at = None
    stopped = delivery.webhook is not None and delivery.webhook.stopped_at is not None
    if not failed:
        delivery.state = DeliveryState.SENT
    elif stopped or delivery.attempts > len(WAITS):
        delivery.state = DeliveryState.FAILED
    else:
        delivery.next_at = by.at + WAITS[delivery.attempts - 1]
    delivery.save(update_fields=["attempts", "message", "next_at", "state"])
    if failed:
        log.warning("delivery %s failed, attempt %s", delivery.id, delivery.attempts)
    body = delivery.webhook.organization_id if delivery.webhook else ""
    record(
        events.DeliveryAttempted(
            delivery.id,
            delivery.channel,
            delivery.attempts,
            delivery.state,
            organization_id=body,
        ),
        by,
    )
