"""Entries are numbered in batches, proved under a signed head, and no tampering goes unnoticed."""

import io
import re

import pytest
from django.db import connection

from shuce.engines import transparency
from shuce.foundation.evidence import queries, sequencer
from shuce.foundation.evidence.models import Checkpoint, Entry
from shuce.web import proving
from tests import make


@pytest.fixture
def numbered(home, city):
    sequencer.number_entries(make.NOON)
    return city


def test_every_entry_gets_the_next_index_and_the_head_is_signed(numbered):
    indexes = list(Entry.objects.order_by("id").values_list("index", flat=True))
    assert indexes == list(range(len(indexes)))
    head = queries.last_checkpoint()
    assert head.size == len(indexes)
    leaves = _leaves()
    assert bytes(head.root) == transparency.root_hash(leaves)


def test_numbering_in_small_batches_gives_the_same_tree(home, city):
    while sequencer._number_batch(make.NOON, 7):
        pass
    leaves = _leaves()
    assert bytes(queries.last_checkpoint().root) == transparency.root_hash(leaves)
    assert Checkpoint.objects.count() > 1


def test_each_entry_has_a_proof_that_anyone_can_check(numbered):
    for entry in Entry.objects.order_by("index")[::5]:
        proof = queries.proof_of(entry)
        transparency.verify_inclusion(
            transparency.leaf_hash(proof.body.encode()),
            proof.index,
            proof.size,
            [bytes.fromhex(node) for node in proof.path],
            bytes.fromhex(proof.root),
        )


def test_the_untouched_register_verifies(numbered):
    out = io.StringIO()
    assert proving.verify_register(out) == 0
    count = Entry.objects.count()
    assert f"共 {count} 条，已证明 {count} 条" in out.getvalue()
    assert _named(out) == []


@pytest.mark.parametrize("index", [0, 3, 11])
def test_one_changed_byte_is_found_and_named(numbered, index):
    entry = Entry.objects.get(index=index)
    body = bytearray(entry.body)
    body[-3] ^= 1
    _tamper("UPDATE evidence_entry SET body = %s WHERE position = %s", [bytes(body), index])
    out = io.StringIO()
    assert proving.verify_register(out) == 1
    assert _named(out) == [("条目内容被改", index)]


def test_a_deleted_entry_is_found_and_named(numbered):
    _tamper("DELETE FROM evidence_entry WHERE position = %s", [5])
    out = io.StringIO()
    assert proving.verify_register(out) == 1
    assert _named(out) == [("条目缺失", 5)]


def test_an_entry_altered_before_it_is_numbered_stops_the_sequencer(home, city):
    _tamper("UPDATE evidence_entry SET body = %s WHERE id = %s", [b"{}", Entry.objects.first().id])
    with pytest.raises(sequencer.EntryAltered):
        sequencer.number_entries(make.NOON)


def _named(out):
    """The faults that a verification told: of which kind, and of which entry."""
    told = re.findall(r"✗ (\S+): 第 (\d+) 条", out.getvalue())
    return [(kind, int(index)) for kind, index in told]


def _leaves():
    hashes = Entry.objects.order_by("index").values_list("leaf_hash", flat=True)
    return [bytes(leaf) for leaf in hashes]


def _tamper(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
