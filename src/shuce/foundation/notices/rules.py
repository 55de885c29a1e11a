"""What stands in the way of a webhook. Values only."""

from collections.abc import Collection, Iterator

from shuce.foundation.notices.words import Flavour
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle


def obstacles_to_add(
    flavour: Flavour, *, is_allowed: bool, secret: str, kinds: Collection[str]
) -> Iterator[Obstacle]:
    """Yield why a webhook may not be added."""
    if not is_allowed:
        yield Obstacle(
            "只能发往 https 地址，或系统管理员列入名单的内部地址", Clause.N_9, field="url"
        )
    if flavour.signs and not secret:
        yield Obstacle("该平台须填写签名密钥，使对方能确认消息来源", Clause.N_9, field="secret")
    if not kinds:
        yield Obstacle("请至少选择一类消息", field="kinds")
