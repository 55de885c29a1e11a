"""What a decision is called where people read it."""

from shuce.kernel.choices import Choice


class Act(Choice):
    """Everything that a person can do at a step, as the case's record shows it."""

    APPROVE = "APPROVE", "同意"
    REJECT = "REJECT", "不同意"
    RETURN = "RETURN", "退回"
    FOR = "FOR", "赞成"
    AGAINST = "AGAINST", "反对"
    ABSTAIN = "ABSTAIN", "弃权"
    MINUTES = "MINUTES", "登记会议纪要"
    DELEGATE = "DELEGATE", "委托办理"
    RESUBMIT = "RESUBMIT", "补正后重新提交"
