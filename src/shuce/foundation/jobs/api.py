"""Background work for programs."""

from datetime import datetime

from ninja import Query, Router, Schema

from shuce.foundation.jobs import commands, queries
from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.requests import SignedRequest

router = Router(tags=["jobs"])


class JobOut(Schema):
    id: str
    kind: str
    title: str
    subject_id: str
    state: str
    done: int
    total: int
    message: str
    asked_at: datetime
    ended_at: datetime | None


@router.get("", response=list[JobOut])
def jobs(request: SignedRequest, window: Query[Window]) -> object:
    """The jobs the signer may see, newest first."""
    return window.of(queries.jobs_seen_by(request.user))


@router.get("/{job_id}", response=JobOut)
def job(request: SignedRequest, job_id: str) -> object:
    return queries.job_seen(job_id, request.user)


@router.post("/{job_id}/stop", response=JobOut)
def stop(request: SignedRequest, job_id: str) -> object:
    """Ask one's own job to stop at its next step."""
    return commands.ask_to_stop(queries.job_seen(job_id, request.user), by=request.signature)
