"""`{% attached "card" card.id %}`: the files of a thing, on the thing's own page."""

from typing import Any

from django import template
from django.urls import reverse

from shuce.foundation.attachments.queries import files_of

register = template.Library()


@register.inclusion_tag("attachments/_files.html", takes_context=True)
def attached(context: dict[str, Any], kind: str, subject_id: str) -> dict[str, Any]:
    peg, files = files_of(kind, subject_id, context["request"].user)
    return {
        "peg": peg,
        "files": files,
        "attach_url": reverse("attachments:attach", args=[kind, subject_id]),
    }
