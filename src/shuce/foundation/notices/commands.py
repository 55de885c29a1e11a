"""Tell people what waits for them, let each choose how, and let a body add its webhooks."""

from collections.abc import Collection, Iterable
from functools import partial

from django.db import transaction

from shuce.foundation.evidence.recording import command, in_command, record
from shuce.foundation.notices import events, queries, rules, sending, wire
from shuce.foundation.notices.models import Delivery, Notice, Preference, Webhook
from shuce.foundation.notices.sealing import seal
from shuce.foundation.notices.words import CHOSEN, WAITING, Channel, Flavour, NoticeKind
from shuce.foundation.organizations.models import Member, Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import Obstacle, refuse_if


def tell(
    kind: NoticeKind,
    members: Iterable[Member],
    *,
    title: str,
    url: str,
    subject_id: str,
    topic: str = "",
    by: Signature,
) -> None:
    """Tell `members` of something, each as they want it, and the webhooks of their bodies.

    For use inside a command, whose own event is the evidence. Outside go the kind and the link
    alone: `title` is for the register's own pages.
    """
    assert in_command(), "people are told of what a command has changed"
    found = {str(member.pk): member for member in members if member.is_active}
    chosen = {one.member_id: one for one in Preference.objects.filter(kind=kind, member__in=found)}
    made: list[Delivery] = []
    about = {"kind": kind, "url": url, "subject_id": subject_id, "made_at": by.at}
    for pk, member in found.items():
        preference = chosen.get(pk)
        if preference is None or preference.in_app:
            Notice.objects.create(member=member, title=title[:200], topic=topic, **about)
        if preference and preference.by_mail and member.email:
            made.append(Delivery(channel=Channel.MAIL, member=member, **about))
    # A group chat is told once, however many of the body's people are.
    bodies = {member.organization_id for member in found.values()}
    for webhook in Webhook.objects.filter(organization__in=bodies, stopped_at=None):
        if kind in webhook.kinds:
            made.append(Delivery(channel=Channel.WEBHOOK, webhook=webhook, **about))
    _dispatch(made, by)


def no_longer(subject_id: str, *, still: Collection[str], by: Signature) -> None:
    """Count what was told of a subject as read, but for the topics that still wait.

    For use inside a command. Whoever looks at the bell then sees what is still to be done.
    """
    assert in_command(), "what no longer waits has ended by a command"
    Notice.objects.filter(subject_id=subject_id, read_at=None, kind__in=WAITING).exclude(
        topic__in=still
    ).update(read_at=by.at)


@command
def read(notice: Notice, *, by: Signature) -> Notice:
    """Mark one of the signer's notices as read."""
    assert notice.member_id == by.member_id, "queries give out one's own notices only"
    Notice.objects.filter(id=notice.id, read_at=None).update(read_at=by.at)
    record(events.NoticesRead(notice.id, 1), by)
    return notice


@command
def read_all(*, by: Signature) -> int:
    """Mark all of the signer's notices as read; return how many were not."""
    count = Notice.objects.filter(member=by.member, read_at=None).update(read_at=by.at)
    refuse_if([] if count else [Obstacle("没有未读消息")])
    record(events.NoticesRead(by.member_id, count), by)
    return count


@command
def set_preferences(
    in_app: Collection[NoticeKind], by_mail: Collection[NoticeKind], email: str, *, by: Signature
) -> None:
    """Set what the signer is told in the register and by e-mail, and to which address."""
    refuse_if([Obstacle("请填写邮箱", field="email")] if by_mail and not email else [])
    member = Member.objects.select_for_update().get(pk=by.member_id)
    member.email = email
    member.save(update_fields=["email"])
    for kind in CHOSEN:
        Preference.objects.update_or_create(
            member=member,
            kind=kind,
            defaults={"in_app": kind in in_app, "by_mail": kind in by_mail},
        )
    record(events.PreferencesSet(by.member_id, tuple(in_app), tuple(by_mail)), by)


@command
def add_webhook(
    organization: Organization,
    *,
    name: str,
    flavour: Flavour,
    url: str,
    secret: str,
    kinds: Collection[NoticeKind],
    by: Signature,
) -> Webhook:
    """Let the group chat or system at `url` be told of what waits for a body's people."""
    by.require(Permission.SETTING_MANAGE, within=organization)
    try:
        host = wire.host_of(url)
    except wire.NotAllowed:
        host = ""
    refuse_if(rules.obstacles_to_add(flavour, is_allowed=bool(host), secret=secret, kinds=kinds))
    webhook = Webhook.objects.create(
        organization=organization,
        name=name,
        flavour=flavour,
        host=host,
        sealed_url=seal(url),
        sealed_secret=seal(secret),
        kinds=[kind.value for kind in kinds],
        added_at=by.at,
    )
    record(
        events.WebhookAdded(
            webhook.id, flavour, host, tuple(webhook.kinds), organization_id=organization.id
        ),
        by,
    )
    return webhook


@command
def stop_webhook(webhook: Webhook, *, by: Signature) -> Webhook:
    """Send nothing more to a webhook, and forget its address and secret."""
    by.require(Permission.SETTING_MANAGE, within=webhook.organization)
    webhook = queries.locked_webhook(webhook)
    refuse_if([Obstacle("该渠道已经停用")] if webhook.stopped_at else [])
    webhook.stopped_at, webhook.sealed_url, webhook.sealed_secret = by.at, "", ""
    webhook.save(update_fields=["stopped_at", "sealed_url", "sealed_secret"])
    record(events.WebhookStopped(webhook.id, organization_id=webhook.organization_id), by)
    return webhook


@command
def try_webhook(webhook: Webhook, *, by: Signature) -> Delivery:
    """Send a trial message to a webhook."""
    by.require(Permission.SETTING_MANAGE, within=webhook.organization)
    refuse_if([Obstacle("该渠道已经停用")] if webhook.stopped_at else [])
    record(events.TrialAsked(webhook.id, organization_id=webhook.organization_id), by)
    delivery = Delivery(
        channel=Channel.WEBHOOK,
        webhook=webhook,
        kind=NoticeKind.TRIAL,
        url="/",
        subject_id=webhook.id,
        made_at=by.at,
    )
    _dispatch([delivery], by)
    return delivery


def _dispatch(made: list[Delivery], by: Signature) -> None:
    """Keep the deliveries, and send each in the background once all of this is kept."""
    for delivery in made:
        # Should the queue lose it, the clockwork finds it here.
        delivery.next_at = by.at + sending.LOST_AFTER
        delivery.save(force_insert=True)
        transaction.on_commit(partial(sending.deliver.enqueue, delivery.id))
