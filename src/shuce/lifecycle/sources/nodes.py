"""The node beside a source's data: in this process by default, or the body's own, elsewhere."""

from functools import cache
from pathlib import Path

from django.conf import settings

from shuce.lifecycle.sources.keys import register_key, register_public_key
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.remote import RemoteNode
from shuce.node import AnyNode, Node

__all__ = ["node_here", "node_of", "register_key"]


def node_of(source: Source) -> AnyNode:
    """Return the node at which `source` lies."""
    return RemoteNode(source.node) if source.node else node_here()


def node_here() -> Node:
    """Return the node of this register's home; it knows the register's key."""
    return _node_at(Path(settings.HOME))


@cache
def _node_at(home: Path) -> Node:
    node = Node(home / "node")
    node.enrol(register_public_key())
    return node
