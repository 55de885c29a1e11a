"""Ways to tamper with a log or its export, each found wherever it is done."""

import io
import shutil
import zipfile

import pytest

from shuce.engines.transparency import (
    BadNote,
    Checkpoint,
    DirectoryTiles,
    Ed25519Signer,
    FaultKind,
    Frontier,
    NotReadable,
    append,
    canonical,
    leaf_hash,
    root_at,
    sign_checkpoint,
    sm3_line,
    verify_bundle,
)
from shuce.engines.transparency.cases import verify

SIZE = 600
PLACES = [0, 1, 254, 255, 256, 257, 511, 512, 598, 599]
FORGED = canonical({"kind": "rights.revoked", "subject_id": "forged"})


@pytest.fixture(scope="module")
def log(new_log):
    return new_log(1, 255, 256, 300, 512, SIZE)


@pytest.fixture(scope="module")
def key(log):
    return log.key.vkey


def check(path, *vkeys, kept=()):
    return verify_bundle(path, vkeys=vkeys or None, kept=kept)


def found(report):
    return [(fault.kind, fault.index) for fault in report.faults]


def kinds(report):
    return {fault.kind for fault in report.faults}


@pytest.mark.parametrize("name", ["export", "export.zip"])
def test_an_untouched_export_is_proved_whole(log, key, tmp_path, name):
    report = check(log.export(tmp_path / name), key)
    assert (report.size, report.proved, report.faults) == (SIZE, SIZE, ())
    assert report.is_sound
    assert report.keys_given
    assert report.checkpoints == 6


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 65_536, 65_537])
def test_logs_of_every_shape_are_proved(new_log, tmp_path, size):
    log = new_log(size)
    report = check(log.export(tmp_path / "export"), log.key.vkey)
    assert (report.proved, report.faults, report.is_sound) == (size, (), True)


@pytest.mark.parametrize("place", PLACES)
def test_an_edited_body_is_named(log, key, tmp_path, place):
    bodies = list(log.bodies)
    bodies[place] = FORGED
    report = check(log.export(tmp_path / "export", entries=enumerate(bodies)), key)
    assert found(report) == [(FaultKind.ALTERED, place)]
    assert (report.faults[0].event, report.faults[0].subject) == ("rights.revoked", "forged")
    assert report.proved == SIZE - 1


@pytest.mark.parametrize("place", PLACES)
def test_a_deleted_entry_is_named(log, key, tmp_path, place):
    entries = [entry for entry in enumerate(log.bodies) if entry[0] != place]
    report = check(log.export(tmp_path / "export", entries=entries), key)
    assert found(report) == [(FaultKind.MISSING, place)]
    assert report.proved == SIZE - 1


@pytest.mark.parametrize("place", PLACES)
def test_a_deletion_that_closed_the_gap_is_named(log, key, tmp_path, place):
    bodies = log.bodies[:place] + log.bodies[place + 1 :]
    report = check(log.export(tmp_path / "export", entries=enumerate(bodies)), key)
    assert (FaultKind.MISSING, place) in found(report)
    assert not report.is_sound


@pytest.mark.parametrize("place", [*PLACES, SIZE])
def test_an_inserted_entry_is_named(log, key, tmp_path, place):
    entries = list(enumerate(log.bodies))
    entries.insert(place, (place, FORGED))
    report = check(log.export(tmp_path / "export", entries=entries), key)
    assert kinds(report) == {FaultKind.INSERTED}
    assert report.proved == SIZE
    # Within its bundle the place is exact; at a seam it may stand at the end of the one before.
    assert report.faults[0].index == place


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 599), (255, 256), (17, 500), (598, 599)])
def test_swapped_entries_are_both_named(log, key, tmp_path, one, other):
    bodies = list(log.bodies)
    bodies[one], bodies[other] = bodies[other], bodies[one]
    report = check(log.export(tmp_path / "export", entries=enumerate(bodies)), key)
    assert kinds(report) == {FaultKind.MOVED}
    assert {fault.index for fault in report.faults} <= {one, other}
    assert report.proved >= SIZE - 2


@pytest.mark.parametrize("length", [0, 1, 255, 256, 599])
def test_a_log_cut_short_shows_what_is_gone(log, key, tmp_path, length):
    entries = enumerate(log.bodies[:length])
    report = check(log.export(tmp_path / "export", entries=entries), key)
    assert found(report) == [(FaultKind.MISSING, index) for index in range(length, SIZE)]


@pytest.mark.parametrize("place", PLACES)
def test_an_edit_that_also_mends_the_leaf_tile_is_found(log, key, tmp_path, place):
    path = tmp_path / "export"
    bodies = list(log.bodies)
    bodies[place] = FORGED
    log.export(path, entries=enumerate(bodies))
    tiles = DirectoryTiles(path)
    leaves = bytearray(tiles.read(0, place // 256))
    leaves[place % 256 * 32 : place % 256 * 32 + 32] = leaf_hash(FORGED)
    tiles.write(0, place // 256, bytes(leaves))
    report = check(path, key)
    assert not report.is_sound
    unproved = [fault for fault in report.faults if fault.kind is FaultKind.UNPROVED]
    assert any(fault.index <= place <= fault.until for fault in unproved)


@pytest.mark.parametrize("place", PLACES)
def test_a_log_rebuilt_without_the_key_is_found_from_the_altered_entry_on(
    log, new_log, key, tmp_path, place
):
    forged = new_log()
    forged.grow([FORGED if at == place else body for at, body in enumerate(log.bodies)])
    report = check(forged.export(tmp_path / "export", notes=log.notes), key)
    assert FaultKind.ROOT in kinds(report)
    signed = [size for size in (1, 255, 256, 300, 512) if size <= place]
    assert report.proved == max(signed, default=0)


@pytest.mark.parametrize("level_index", [(0, 0), (0, 1), (0, 2), (1, 0)])
@pytest.mark.parametrize("gone", [False, True])
def test_a_damaged_tile_is_named_and_the_entries_still_proved(
    log, key, tmp_path, level_index, gone
):
    path = log.export(tmp_path / "export")
    tiles = DirectoryTiles(path)
    data = tiles.read(*level_index)
    if gone:
        for file in (path / "tile" / str(level_index[0])).glob(f"{level_index[1]:03d}*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
    else:
        tiles.write(*level_index, bytes([data[0] ^ 1]) + data[1:])
    report = check(path, key)
    assert kinds(report) == {FaultKind.TILE}
    assert report.proved == SIZE


def test_a_fork_between_an_old_head_and_the_new_is_found(log, new_log, key, tmp_path):
    other = new_log(300, word="other")
    notes = [*log.notes[:3], other.notes[-1], *log.notes[4:]]
    report = check(log.export(tmp_path / "export", notes=notes), key)
    assert kinds(report) == {FaultKind.FORK}


def test_two_heads_of_one_size_are_a_fork(log, new_log, key, tmp_path):
    notes = [*log.notes[:-1], new_log(SIZE, word="other").notes[-1], log.notes[-1]]
    assert kinds(check(log.export(tmp_path / "export", notes=notes), key)) == {FaultKind.FORK}


def test_an_old_head_shown_as_the_newest_is_a_rollback(log, key, tmp_path):
    notes = [*log.notes, log.notes[3]]
    entries = enumerate(log.bodies[:300])
    report = check(log.export(tmp_path / "export", notes=notes, entries=entries), key)
    assert kinds(report) == {FaultKind.ROLLBACK}


def test_a_log_rolled_back_with_its_history_is_caught_by_a_kept_checkpoint(log, key, tmp_path):
    entries = enumerate(log.bodies[:300])
    path = log.export(tmp_path / "export", notes=log.notes[:4], entries=entries)
    assert check(path, key).is_sound
    assert kinds(check(path, key, kept=[log.notes[-1]])) == {FaultKind.ROLLBACK}


def test_a_log_rewritten_by_its_keeper_is_caught_by_a_kept_checkpoint(log, new_log, key, tmp_path):
    path = new_log(300, SIZE, word="rewritten").export(tmp_path / "export")
    assert check(path, key).is_sound
    assert kinds(check(path, key, kept=[log.notes[3]])) == {FaultKind.FORK}
    assert check(log.export(tmp_path / "true"), key, kept=[log.notes[3]]).is_sound


def test_a_log_signed_with_another_key_is_not_believed(log, key, tmp_path):
    thief = Ed25519Signer(log.key.name, b"t" * 32)
    root = root_at(log.tiles, SIZE)
    notes = [sign_checkpoint(Checkpoint(log.key.name, SIZE, root), [thief])]
    path = log.export(tmp_path / "export", notes=notes)
    report = check(path, key)
    assert FaultKind.SIGNATURE in kinds(report)
    assert report.proved == 0
    assert check(path, thief.vkey).is_sound


def test_without_a_key_from_outside_the_report_says_so(log, tmp_path):
    report = check(log.export(tmp_path / "export"))
    assert report.is_sound
    assert not report.keys_given


def test_a_root_in_sm3_is_computed_again_from_the_bodies(log, key, tmp_path):
    frontier = Frontier()
    for body in log.bodies:
        frontier.add(body)
    for root, expected in ((frontier.root(), set()), (bytes(32), {FaultKind.SM3})):
        head = Checkpoint(log.key.name, SIZE, root_at(log.tiles, SIZE), (sm3_line(root),))
        path = tmp_path / root.hex()
        log.export(path, notes=[*log.notes, sign_checkpoint(head, [log.key])])
        assert kinds(check(path, key)) == expected


def test_a_bundle_that_cannot_be_parsed_is_a_fault_not_a_crash(log, key, tmp_path):
    path = log.export(tmp_path / "export")
    file = path / "tile" / "entries" / "001"
    file.write_bytes(file.read_bytes()[:-1])
    (path / "checkpoints.jsonl").write_text('{"note": 1}\n[[[\n')
    report = check(path, key)
    assert kinds(report) == {FaultKind.MALFORMED, FaultKind.MISSING}
    assert report.proved == SIZE - 1


def test_what_is_no_export_cannot_be_read(key, tmp_path):
    (tmp_path / "text.zip").write_text("no archive")
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    for name in ("nothing", "text.zip", "empty.zip", "."):
        with pytest.raises(NotReadable):
            check(tmp_path / name, key)
    with pytest.raises(BadNote):
        check(tmp_path, "no+key")


def test_a_size_nobody_could_hold_is_refused_at_once(log, tmp_path):
    path = log.export(tmp_path / "export")
    head = Checkpoint(log.key.name, 2**62, bytes(32))
    (path / "checkpoint").write_text(sign_checkpoint(head, [log.key]))
    report = check(path)
    assert (FaultKind.UNPROVED, 0) in found(report)
    assert report.proved == 0


def test_an_export_is_never_written_over(log, tmp_path):
    log.export(tmp_path / "export.zip")
    with pytest.raises(FileExistsError):
        log.export(tmp_path / "export.zip")


def test_the_command_says_in_chinese_what_it_found(log, key, tmp_path, capsys):
    path = log.export(tmp_path / "export")
    out = io.StringIO()
    assert verify(str(path), [key], out) == 0
    assert "已证明 600 条" in out.getvalue()
    keys = tmp_path / "keys"
    keys.write_text(f"{key}\n")
    kept = tmp_path / "kept"
    kept.write_text(log.notes[2])
    assert verify(str(path), [str(keys)], io.StringIO(), [str(kept)]) == 0
    bodies = [FORGED, *log.bodies[1:]]
    log.export(tmp_path / "altered", entries=enumerate(bodies))
    out = io.StringIO()
    assert verify(str(tmp_path / "altered"), [], out) == 1
    assert "第 0 条的内容不是当初签名的" in out.getvalue()
    assert "没有给出公钥" in out.getvalue()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("vkeys", [[], ["no+key+here"], ["no-such-file"]])
def test_the_command_says_in_one_line_that_it_could_not_read(tmp_path, capsys, vkeys):
    assert verify(str(tmp_path / "nothing"), vkeys, io.StringIO()) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_old_store_goes_on_from_where_it_was(log):
    size = len(log.bodies)
    assert append(log.tiles, size, []) == root_at(log.tiles, size)
