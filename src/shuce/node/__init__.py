"""The process beside the data: it holds credentials, accepts grants, and judges every question."""

from shuce.node.interface import AnyNode, NodeAway, NodeSilent
from shuce.node.jobs import SignedJob, sign_job
from shuce.node.node import Node
from shuce.node.receipts import Receipt, is_receipt_genuine
from shuce.node.refusals import NodeRefused

__all__ = [
    "AnyNode",
    "Node",
    "NodeAway",
    "NodeRefused",
    "NodeSilent",
    "Receipt",
    "SignedJob",
    "is_receipt_genuine",
    "sign_job",
]
