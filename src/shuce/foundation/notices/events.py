from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class NoticesRead(Event):
    """A person opened a notice, or marked all of theirs as read; how many there were."""

    kind: ClassVar[str] = "notices.read"
    clause: ClassVar[Clause] = Clause.N_1
    label: ClassVar[str] = "阅读消息"

    count: int


@dataclass(frozen=True)
class PreferencesSet(Event):
    """A person chose what they are told, and by which way."""

    kind: ClassVar[str] = "notices.preferences_set"
    clause: ClassVar[Clause] = Clause.N_1
    label: ClassVar[str] = "设定消息方式"

    in_app: tuple[str, ...]
    by_mail: tuple[str, ...]


@dataclass(frozen=True)
class WebhookAdded(Event):
    """A body's administrator added a webhook: where it goes, and what it tells of."""

    kind: ClassVar[str] = "notices.webhook_added"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "添加通知渠道"

    flavour: str
    host: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class WebhookStopped(Event):
    """A webhook was stopped; nothing more is sent to it."""

    kind: ClassVar[str] = "notices.webhook_stopped"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "停用通知渠道"


@dataclass(frozen=True)
class TrialAsked(Event):
    """An administrator asked for a trial message."""

    kind: ClassVar[str] = "notices.trial_asked"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "试发消息"


@dataclass(frozen=True)
class DeliveryAttempted(Event):
    """A message was sent outside, or could not be: by which way, the how-manieth time."""

    kind: ClassVar[str] = "notices.delivery_attempted"
    clause: ClassVar[Clause] = Clause.N_9
    label: ClassVar[str] = "对外发送消息"

    channel: str
    attempt: int
    state: str
