from datetime import datetime

from shuce.foundation.exports import files
from shuce.foundation.exports.models import Export
from shuce.foundation.organizations.models import Member
from shuce.kernel.refusals import NotFound, Obstacle


def export_of(export_id: str, by: Member) -> Export:
    """Return an export to the person who asked for it; a colleague asks for their own."""
    found = Export.objects.filter(id=export_id, member=by).first()
    if found is None:
        raise NotFound(Obstacle("没有这项导出，或不是您申请的"))
    return found


def export_to_take(export_id: str, by: Member, at: datetime) -> Export:
    """Return an export whose file is there to be taken, or say that it is not."""
    found = export_of(export_id, by)
    if found.kept_until is None:
        raise NotFound(Obstacle("文件还没有生成，或导出已停止"))
    if found.kept_until < at or not files.file_of(found.id).exists():
        raise NotFound(Obstacle("文件已过保留期，请重新导出"))
    return found
