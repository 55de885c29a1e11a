"""Sources, the nodes of bodies, what is agreed with these, and the mail between.

The mail (`node_…` tables) is machinery, as a queue is: it is written as a node comes by, outside
commands. What it brings about is done by commands, with evidence.
"""

from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, Row
from shuce.lifecycle.sources.node_rules import GrantAtNode, NodeState, OrderState
from shuce.lifecycle.sources.rules import SourceKind, SourceState
from shuce.node.letters import OrderKind


class DataNode(Row):
    """A body's own process beside its data. Only its public key is here; it has no address."""

    name = models.CharField("名称", max_length=100)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="nodes"
    )
    state = ChoiceField("状态", choice=NodeState, default=NodeState.INVITED.value)
    public_key = models.CharField(max_length=64, blank=True)
    # Of the code that lets a node in once: its digest alone, and until when.
    code_digest = models.CharField(max_length=64, blank=True, db_index=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField("登记时间")
    enrolled_at = models.DateTimeField("接入时间", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=~Q(state=NodeState.REVOKED.value),
                name="node_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Source(Row):
    """A database or folder of a body. Its address and credentials are at the node, never here."""

    name = models.CharField("名称", max_length=100)
    kind = ChoiceField("类型", choice=SourceKind)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="sources"
    )
    # The body's own node; none is the node in the register's process.
    node = models.ForeignKey(
        DataNode, models.PROTECT, null=True, blank=True, related_name="sources"
    )
    description = models.CharField("说明", max_length=500, blank=True)
    tables = models.PositiveIntegerField("表数", default=0)
    state = ChoiceField("状态", choice=SourceState, default=SourceState.CONNECTED.value)
    connected_at = models.DateTimeField("接入时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=~Q(state=SourceState.CLOSED.value),
                name="source_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class NodeGrant(Row):
    """A grant offered to a node: the policy as sent, its pin, and what the owner said."""

    node = models.ForeignKey(DataNode, models.PROTECT, related_name="grants")
    grant_id = models.CharField("授权", max_length=26, unique=True)
    policy = models.JSONField()
    bindings = models.JSONField()
    pin = models.CharField("策略指纹", max_length=64)
    state = ChoiceField("状态", choice=GrantAtNode, default=GrantAtNode.OFFERED.value)
    suspended = models.BooleanField("已停止", default=False)
    offered_at = models.DateTimeField("送交时间")
    decided_at = models.DateTimeField("节点答复时间", null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.policy.get("grant") or self.grant_id)


class NodePulse(models.Model):
    """When a node was last heard of, and what it told of itself."""

    node = models.OneToOneField(DataNode, models.CASCADE, primary_key=True, related_name="pulse")
    seen_at = models.DateTimeField()
    version = models.CharField(max_length=30, blank=True)
    protocol = models.PositiveIntegerField(default=0)
    # Of each accepted grant: epsilon spent, epsilon granted.
    budgets = models.JSONField(default=dict)

    class Meta:
        db_table = "node_pulse"

    def __str__(self) -> str:
        return f"{self.node_id} {self.seen_at}"


class NodeOrder(Row):
    """One signed order to a node, from when it is written to when it is answered."""

    node = models.ForeignKey(DataNode, models.PROTECT, related_name="orders")
    kind = ChoiceField("任务", choice=OrderKind)
    about_id = models.CharField(max_length=26, db_index=True)
    # The letter itself, as signed. Emptied once answered: a question is kept where it was asked.
    letter = models.TextField(blank=True)
    state = ChoiceField("状态", choice=OrderState, default=OrderState.WAITING.value)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    # Whoever asked waits no more.
    abandoned = models.BooleanField(default=False)
    outcome = models.CharField("结果", max_length=20, blank=True)
    # Until whoever asked has fetched it.
    result = models.TextField(blank=True)
    written_at = models.DateTimeField("提交时间")
    valid_until = models.DateTimeField()
    ended_at = models.DateTimeField("回复时间", null=True, blank=True)

    class Meta:
        db_table = "node_order"
        ordering = ["-id"]
        indexes = [models.Index(fields=["node", "state", "id"], name="order_of_node")]

    def __str__(self) -> str:
        return self.id


class NodeNonce(models.Model):
    """A nonce of a request that was served, for as long as the request could be sent again."""

    nonce = models.CharField(primary_key=True, max_length=32)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "node_nonce"

    def __str__(self) -> str:
        return self.nonce
