"""Proof that nothing was rewritten: an RFC 6962 log in C2SP tiles under signed checkpoints."""

from shuce.engines.transparency.audit import verify_bundle
from shuce.engines.transparency.bodies import JSON, MOST_BODY_BYTES, canonical
from shuce.engines.transparency.bundle import write_bundle
from shuce.engines.transparency.checkpoints import (
    Checkpoint,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
    sm3_line,
)
from shuce.engines.transparency.faults import Fault, FaultKind, Report
from shuce.engines.transparency.folders import NotReadable
from shuce.engines.transparency.growth import append, root_at
from shuce.engines.transparency.hashing import (
    EMPTY_ROOT,
    Frontier,
    leaf_hash,
    node_hash,
    root_hash,
    sm3,
)
from shuce.engines.transparency.keys import (
    Ed25519Signer,
    Ed25519Verifier,
    SM2Signer,
    SM2Verifier,
    new_key,
    new_sm2_key,
    verifier_of,
)
from shuce.engines.transparency.notes import BadNote, Signer, Verifier, open_note, sign_note
from shuce.engines.transparency.proofs import (
    ProofWrong,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from shuce.engines.transparency.tiles import (
    CachedTiles,
    DirectoryTiles,
    MemoryTiles,
    Place,
    TileCorrupt,
    Tiles,
    tile_path,
)

__all__ = [
    "EMPTY_ROOT",
    "JSON",
    "MOST_BODY_BYTES",
    "BadNote",
    "CachedTiles",
    "Checkpoint",
    "DirectoryTiles",
    "Ed25519Signer",
    "Ed25519Verifier",
    "Fault",
    "FaultKind",
    "Frontier",
    "MemoryTiles",
    "NotReadable",
    "Place",
    "ProofWrong",
    "Report",
    "SM2Signer",
    "SM2Verifier",
    "Signer",
    "TileCorrupt",
    "Tiles",
    "Verifier",
    "append",
    "canonical",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "new_key",
    "new_sm2_key",
    "node_hash",
    "open_checkpoint",
    "open_note",
    "read_checkpoint",
    "root_at",
    "root_hash",
    "sign_checkpoint",
    "sign_note",
    "sm3",
    "sm3_line",
    "tile_path",
    "verifier_of",
    "verify_bundle",
    "verify_consistency",
    "verify_inclusion",
    "write_bundle",
]
