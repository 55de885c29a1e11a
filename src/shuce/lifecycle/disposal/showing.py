"""What the page of a disposal shows and offers."""

from django.urls import reverse

from shuce.foundation.office.parts import Action
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.words import say
from shuce.lifecycle.disposal import queries, rules
from shuce.lifecycle.disposal.models import Disposal
from shuce.lifecycle.disposal.rules import DisposalKind, DisposalState

_BEFORE_THE_ACT = (DisposalState.PROPOSED, DisposalState.APPROVED)


def facts(disposal: Disposal) -> list[tuple[object, ...]]:
    """The facts of a disposal, with links to its card and its approval."""
    case = queries.case_of(disposal)
    recognised = disposal.recognition.get("grounds", "")
    return [
        (say("数据资产"), str(disposal.card), f"/register/cards/{disposal.card_id}/"),
        (say("持有单位"), disposal.card.holder),
        (say("处置方式"), disposal.kind),
        (say("账面价值"), disposal.book_value),
        (say("处置理由"), disposal.reason),
        (say("接收方") if disposal.recipient else "", disposal.recipient),
        (say("认定依据") if recognised else "", recognised),
        (say("申请人"), disposal.proposed_by),
        (say("申请时间"), disposal.proposed_at),
        (say("审批"), case.number, reverse("approvals:case", args=[case.id])) if case else ("", ""),
        (say("批复文号"), disposal.reply_number),
        (say("批复时间"), disposal.replied_at),
        (say("监销人") if disposal.attending else "", disposal.attending),
        (say("办理结果") if disposal.outcome else "", disposal.outcome),
        (say("办结时间"), disposal.done_at),
    ]


def may_deal(disposal: Disposal, member: Member) -> bool:
    return disposal.state == DisposalState.APPROVED and member.may(
        Permission.DISPOSAL_APPLY, disposal.card.holder
    )


def actions(disposal: Disposal, member: Member) -> list[Action]:
    """What this person may do now; a grey button says why not yet."""
    holder = disposal.card.holder
    state = DisposalState(disposal.state)
    destroying = disposal.kind == DisposalKind.DESTRUCTION
    found: list[Action] = []
    if member.may(Permission.DISPOSAL_APPLY, holder) and state in _BEFORE_THE_ACT:
        found += [
            Action(say("重新清点"), _to("count_copies", disposal), icon="refresh", post=True),
            Action(say("登记副本"), _to("list_copy", disposal), icon="copy"),
        ]
        if not destroying:
            blocked = queries.obstacles_to_carry_out(disposal)
            found.append(
                Action(
                    say("按批复办理"),
                    _to("carry_out", disposal),
                    icon="check",
                    primary=True,
                    obstacles=blocked,
                )
            )
        if state is DisposalState.APPROVED:
            found.append(Action(say("终止处置"), _to("abandon", disposal), icon="x"))
    if destroying and state is DisposalState.APPROVED and member.may(Permission.CARD_VIEW, holder):
        obstacles = tuple(rules.obstacles_to_attend(state, DisposalKind(disposal.kind)))
        attend = Action(
            say("监销签到"), _to("attend", disposal), icon="eye", post=True, obstacles=obstacles
        )
        found.append(attend)
    if destroying and state in _BEFORE_THE_ACT and member.may(Permission.DESTRUCTION_RUN, holder):
        found.append(
            Action(
                say("执行销毁"),
                _to("destroy", disposal),
                icon="flame",
                danger=True,
                obstacles=queries.obstacles_to_destroy(disposal, member),
            )
        )
    if state is DisposalState.DONE and destroying:
        found.append(
            Action(say("销毁证明"), _to("certificate", disposal), icon="certificate", primary=True)
        )
    return found


def _to(name: str, disposal: Disposal) -> str:
    return reverse(f"disposal:{name}", args=[disposal.id])
