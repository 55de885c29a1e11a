"""What a person has been told, and what was sent outside for a body."""

from django.db.models import Count, Max, Q, QuerySet

from shuce.foundation.notices.models import Delivery, Notice, Preference, Webhook
from shuce.foundation.notices.words import CHOSEN, NoticeKind
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.kernel.refusals import NotFound, Obstacle


def notices_of(member: Member) -> QuerySet[Notice]:
    return Notice.objects.filter(member=member).order_by("-id")


def unread_count(member: Member) -> int:
    return Notice.objects.filter(member=member, read_at=None).count()


def notice_of(notice_id: str, member: Member) -> Notice:
    found = Notice.objects.filter(id=notice_id, member=member).first()
    if found is None:
        raise NotFound(Obstacle("没有这条消息"))
    return found


def preferences_of(member: Member) -> tuple[list[NoticeKind], list[NoticeKind]]:
    """What this person is told in the register, and what by e-mail."""
    chosen = {one.kind: one for one in Preference.objects.filter(member=member)}
    in_app: list[NoticeKind] = [
        kind for kind in CHOSEN if kind not in chosen or chosen[kind].in_app
    ]
    return in_app, [kind for kind in CHOSEN if kind in chosen and chosen[kind].by_mail]


def webhooks_seen_by(member: Member) -> QuerySet[Webhook]:
    """The webhooks of bodies whose settings the reader manages."""
    reach = within_reach(member, Permission.SETTING_MANAGE, path="organization__path")
    return (
        Webhook.objects.filter(reach)
        .select_related("organization")
        .annotate(
            last_sent=Max("deliveries__made_at"),
            failed=Count("deliveries", filter=Q(deliveries__state="FAILED")),
        )
        .order_by("-id")
    )


def webhook_seen(webhook_id: str, by: Member) -> Webhook:
    found = webhooks_seen_by(by).filter(id=webhook_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个通知渠道，或您无权查看"))
    return found


def locked_webhook(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update().get(id=webhook.id)


def bodies_managed_by(member: Member) -> QuerySet[Organization]:
    """The bodies for which the reader may add a webhook."""
    reach = within_reach(member, Permission.SETTING_MANAGE)
    return Organization.objects.filter(reach, closed_on=None).order_by("path")


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    return Delivery.objects.filter(webhook=webhook).order_by("-id")
