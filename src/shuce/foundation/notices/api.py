"""One's own notices for programs."""

from datetime import datetime

from ninja import Query, Router, Schema

from shuce.foundation.notices import commands, queries
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest

router = Router(tags=["notices"])


class NoticeOut(Schema):
    id: str
    kind: str
    title: str
    url: str
    made_at: datetime
    read_at: datetime | None


@router.get("", response=list[NoticeOut])
def notices(request: SignedRequest, window: Query[Window]) -> object:
    """What the signer has been told, the newest first."""
    return window.of(queries.notices_of(request.user))


@router.post("/{notice_id}/read", response=NoticeOut)
def read(request: SignedRequest, notice_id: str) -> object:
    """Mark one of the signer's notices as read."""
    commands.read(queries.notice_of(notice_id, request.user), by=request.signature)
    return queries.notice_of(notice_id, request.user)
