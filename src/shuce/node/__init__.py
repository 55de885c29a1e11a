"""The process beside the data: it holds credentials, accepts grants, and judges every question."""

from shuce.node.fusions import FusionSide, Part, SignedFusion, StepDone, sign_fusion
from shuce.node.interface import AnyNode, NodeAway, NodeSilent
from shuce.node.jobs import SignedJob, sign_job
from shuce.node.node import Node
from shuce.node.receipts import Receipt, is_receipt_genuine
from shuce.node.refusals import NodeRefused

__all__ = [
    "AnyNode",
    "FusionSide",
    "Node",
    "NodeAway",
    "NodeRefused",
    "NodeSilent",
    "Part",
    "Receipt",
    "SignedFusion",
    "SignedJob",
    "StepDone",
    "is_receipt_genuine",
    "sign_fusion",
    "sign_job",
]
