"""Write a list to its file: the page of the list is asked again, as the reader, and writes it."""

from hashlib import file_digest

from django.http import HttpRequest, QueryDict
from django.urls import resolve, reverse
from django.utils import translation

from shuce.foundation.exports import files
from shuce.foundation.exports.commands import KIND, keep_export
from shuce.foundation.exports.models import Export
from shuce.foundation.jobs.commands import OnProgress, Stopped, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.office.exporting import Format, Writing
from shuce.foundation.organizations.models import Member, Signature
from shuce.kernel.refusals import Obstacle, Refused
from shuce.kernel.words import say


def _result_of(job: Job, reader: Member) -> tuple[str, str]:
    return say("下载文件"), reverse("exports:file", args=[job.subject_id])


@does(KIND, result=_result_of)
def _make(job: Job, by: Signature, on_progress: OnProgress) -> str:
    export = Export.objects.select_related("member").get(id=job.subject_id)

    def tell(done: int, total: int) -> None:
        if not on_progress(done, total):
            raise Stopped

    try:
        with files.fresh(export.id) as file:
            writing = Writing(file, Format(export.format), tell)
            with translation.override(export.language):
                _open_as_reader(export, writing, by)
            size = file.seek(0, 2)
            file.seek(0)
            digest = file_digest(file, "sha256").hexdigest()
    except BaseException:
        files.file_of(export.id).unlink(missing_ok=True)
        raise
    keep_export(export, writing.title, writing.rows, size, digest, by=by)
    return say("“{title}”共{rows}行，文件保留7天", title=writing.title, rows=writing.rows)


def _open_as_reader(export: Export, writing: Writing, by: Signature) -> None:
    path, _, query = export.address.partition("?")
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    chosen = QueryDict(query, mutable=True)
    chosen["export"] = export.format
    request.GET = chosen  # type: ignore[assignment]  # a copy that nobody else has
    request.META = {"REQUEST_METHOD": "GET", "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.user = export.member
    request.signature = by  # type: ignore[attr-defined]
    request.writing = writing  # type: ignore[attr-defined]
    match = resolve(path)
    request.resolver_match = match
    match.func(request, *match.args, **match.kwargs)
    if not writing.title:
        raise Refused(Obstacle("这个地址不是可以导出的清单"))
