"""Files on things: limits, digests, who sees them, and what stays when they go."""

import hashlib
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shuce.foundation.attachments import commands, files, queries, rules
from shuce.foundation.attachments.models import Attachment
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import Conflict, NotFound, NotPermitted, Refused
from shuce.web.backup import back_up, restore
from tests.lifecycle import assets

PDF = b"%PDF-1.7\n" + b"contract " * 100


@pytest.fixture
def card(city, home, tmp_path):
    return assets.drafted(city, assets.found(city, tmp_path))


@pytest.fixture
def keeper(city):
    return city.sign(Role.ASSET_KEEPER, city.unit)


def hang(card, by, name="合同.pdf", content=PDF, note="采购合同"):
    return commands.attach("card", card.id, name, [content], note, by=by)


@pytest.mark.clause("N-9")
def test_a_file_is_kept_with_its_digests_and_told_to_the_evidence(card, keeper):
    made = hang(card, keeper)
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (made.size, len(made.sm3)) == (len(PDF), 64)
    path = files.path_of(made.id)
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o077 == 0
    entry = Entry.objects.get(kind="attachments.added")
    told = json.loads(bytes(entry.body))
    assert (told["sha256"], told["sm3"], told["about_id"]) == (made.sha256, made.sm3, card.id)
    assert entry.asset_id == card.id


def test_the_card_shows_its_files_and_gives_them_back_whole(card, keeper, client):
    client.force_login(keeper.member)
    page = client.get(f"/register/cards/{card.id}/?tab=files").content.decode()
    assert "还没有附件" in page
    upload = SimpleUploadedFile("..\\验收\\验收单.pdf", PDF)
    answer = client.post(f"/attachments/card/{card.id}/attach/", {"file": upload, "note": "验收"})
    assert answer.status_code == 302
    made = Attachment.objects.get()
    assert made.name == "验收单.pdf"
    page = client.get(f"/register/cards/{card.id}/?tab=files").content.decode()
    assert made.sha256 in page
    assert made.sm3 in page
    taken = client.get(f"/attachments/files/{made.id}/")
    assert b"".join(taken.streaming_content) == PDF
    assert taken["Content-Type"] == "application/octet-stream"
    assert "attachment" in taken["Content-Disposition"]


def test_a_file_that_was_altered_on_disk_is_not_given_out(card, keeper, client):
    made = hang(card, keeper)
    client.force_login(keeper.member)
    files.path_of(made.id).write_bytes(PDF.replace(b"contract", b"Contract", 1))
    assert client.get(f"/attachments/files/{made.id}/").status_code == 409
    files.path_of(made.id).unlink()
    with pytest.raises(Conflict, match="从备份恢复"):
        files.opened(made.id, made.sha256)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("程序.exe", b"MZ", "不能附这种文件"),
        ("没有扩展名", PDF, "不能附这种文件"),
        ("假.pdf", b"MZ\x90", "内容与其扩展名不符"),
        ("假.txt", b"\x7fELF\x00\x01", "内容与其扩展名不符"),
        ("假.docx", PDF, "内容与其扩展名不符"),
        ("空.pdf", b"", "空的"),
        ("长" * 200 + ".pdf", PDF, "文件名"),
    ],
)
def test_what_is_no_attachment_is_refused_and_nothing_stays(card, keeper, home, name, content, why):
    with pytest.raises(Refused, match=why):
        hang(card, keeper, name, content)
    assert not Attachment.objects.exists()
    assert not [one for one in (home / "files").rglob("*") if one.is_file()]


def test_a_file_that_is_too_long_is_refused_before_it_is_read_to_its_end(card, keeper, monkeypatch):
    monkeypatch.setattr(rules, "MOST_BYTES", 1000)
    read = []

    def pieces():
        for number in range(10):
            read.append(number)
            yield PDF[:400]

    with pytest.raises(Refused, match="超过"):
        commands.attach("card", card.id, "长.pdf", pieces(), by=keeper)
    assert len(read) == 3


def test_the_same_file_hangs_once_and_again_after_it_was_removed(card, keeper):
    made = hang(card, keeper)
    with pytest.raises(Refused, match="已经附在这里"):
        hang(card, keeper, "另名.pdf")
    assert len(list(files.path_of(made.id).parent.parent.rglob("*.*"))) == 0
    commands.remove(made, "上传错了", by=keeper)
    assert hang(card, keeper).id != made.id


def test_a_removed_file_is_gone_and_its_record_stays(card, keeper, client):
    made = hang(card, keeper)
    with pytest.raises(Refused, match="移除原因"):
        commands.remove(made, " ", by=keeper)
    commands.remove(made, "误传个人信息", by=keeper)
    assert not files.path_of(made.id).exists()
    client.force_login(keeper.member)
    assert client.get(f"/attachments/files/{made.id}/").status_code == 404
    page = client.get(f"/register/cards/{card.id}/?tab=files").content.decode()
    assert "误传个人信息" in page
    assert made.sha256 in page
    entry = Entry.objects.get(kind="attachments.removed")
    assert made.sha256 in bytes(entry.body).decode()
    with pytest.raises(Refused, match="已经移除"):
        commands.remove(made, "再次", by=keeper)


def test_only_those_who_see_the_card_see_its_files_and_its_keeper_changes_them(card, city, keeper):
    made = hang(card, keeper)
    reviewer = city.sign(Role.DEPARTMENT_REVIEWER, city.department)
    assert queries.attachment_seen(made.id, reviewer.member) == made
    with pytest.raises(NotPermitted):
        commands.remove(made, "不要了", by=reviewer)
    with pytest.raises(NotPermitted):
        hang(card, reviewer, "审.pdf", PDF + b"2")
    for stranger in (
        city.sign(Role.ASSET_KEEPER, city.other_unit),
        city.sign(Role.OPERATOR_AGENT, city.operator),
    ):
        with pytest.raises(NotFound):
            queries.attachment_to_take(made.id, stranger.member)
        with pytest.raises(NotFound):
            hang(card, stranger, "外.pdf", PDF + b"3")
    with pytest.raises(NotFound):
        queries.files_of("nosuch", card.id, keeper.member)


def test_a_program_attaches_lists_takes_and_removes(card, keeper, client):
    client.force_login(keeper.member)
    sent = client.post(
        f"/api/v1/attachments/card/{card.id}",
        {"file": SimpleUploadedFile("表.csv", "编号\n1\n".encode()), "note": "样例"},
    )
    assert sent.status_code == 201, sent.content
    made = sent.json()
    [listed] = client.get(f"/api/v1/attachments/card/{card.id}").json()
    assert listed == made
    content = client.get(f"/api/v1/attachments/files/{made['id']}/content")
    assert b"".join(content.streaming_content) == "编号\n1\n".encode()
    removed = client.post(
        f"/api/v1/attachments/files/{made['id']}/remove",
        {"reason": "重复"},
        content_type="application/json",
    )
    assert removed.json()["removed_for"] == "重复"
    assert client.get(f"/api/v1/attachments/files/{made['id']}/content").status_code == 404


def test_files_go_into_a_backup_and_come_back(card, keeper, home, tmp_path, monkeypatch):
    monkeypatch.delenv("SHUCE_DATABASE", raising=False)  # a home whose register lies beside it
    made = hang(card, keeper)
    (home / "register.sqlite3").write_bytes(b"")
    copy = tmp_path.parent / f"{tmp_path.name}-copy.zip"
    assert back_up(home, copy, io.StringIO()) == 0
    place = tmp_path.parent / f"{tmp_path.name}-back"
    assert restore(copy, place, io.StringIO()) == 0
    back = place / files.path_of(made.id).relative_to(home)
    assert back.read_bytes() == PDF
