"""What becomes of a body's people, posts, duties and place in the tree when it is succeeded."""

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations import events
from shuce.foundation.organizations.models import Duty, Member, Organization, Post, Signature
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle


@command
def move_person(member: Member, heir: Organization, *, by: Signature) -> Member:
    """Let a person go over to an heir, with the posts held in their own body."""
    former = member.organization
    assert former is not None, "everybody belongs somewhere"
    held = set(member.posts.filter(organization=heir, ended_on=None).values_list("role", flat=True))
    for post in member.posts.filter(organization=former, ended_on=None):
        _end(post, by)
        if post.role not in held:
            Post.objects.create(member=member, organization=heir, role=post.role, began_on=by.today)
    member.organization = heir
    member.save(update_fields=["organization"])
    record(
        events.PersonMoved(str(member.pk), former.id, heir.id, organization_id=heir.id),
        by,
    )
    return member


@command
def take_over_duties(former: Organization, heir: Organization, *, by: Signature) -> None:
    """Fill the holes of the heir's duty list from the former body's, where its people came along.

    What nobody of the heir answers for stays a hole, and keeps work in that link from starting.
    """
    covered = set(Duty.objects.filter(organization=heir).values_list("link", flat=True))
    known = Duty.objects.filter(organization=former, responsible__organization=heir)
    for duty in known.exclude(link__in=covered):
        duty.pk = Duty().pk
        duty.organization, duty.since = heir, by.today
        duty.save(force_insert=True)
        record(
            events.DutyAssigned(
                duty.id, duty.link, duty.responsible_id, duty.rule, organization_id=heir.id
            ),
            by,
        )
    # An event even where the heir's list had no hole: that it was looked at.
    record(events.DutiesTakenOver(heir.id, former.id, organization_id=heir.id), by)


@command
def close_body(former: Organization, heir: Organization, *, by: Signature) -> Organization:
    """Close a body. It stands below its heir from now on, so that the heir reads its history."""
    former = Organization.objects.select_for_update().get(id=former.id)
    if former.closed_on:
        raise Conflict(Obstacle("“{body}”已经撤销", Clause.G_12, body=former.name))
    for post in Post.objects.filter(organization=former, ended_on=None):
        _end(post, by)
    for child in former.children.exclude(id=heir.id):
        _place_below(child, heir)
    former.closed_on, former.successor = by.today, heir
    _place_below(former, heir)
    record(events.OrganizationClosed(former.id, heir.id, organization_id=former.id), by)
    return former


def _place_below(body: Organization, parent: Organization) -> None:
    """Move a body with all below it; a path holds the whole way from the root."""
    body.parent = parent
    body.save()
    for child in body.children.all():
        _place_below(child, body)


def _end(post: Post, by: Signature) -> None:
    post.ended_on = by.today
    post.save(update_fields=["ended_on"])
    record(
        events.MemberDismissed(
            post.id,
            post.member_id,
            post.role,
            post.organization_id,
            organization_id=post.organization_id,
        ),
        by,
    )
