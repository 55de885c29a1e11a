"""What people are told of, and by which way."""

from shuce.kernel.choices import Choice


class NoticeKind(Choice):
    TASK = "task", "待办到达"
    RETURNED = "returned", "申请被退回"
    CLOSED = "closed", "申请办结"
    DUE_SOON = "due_soon", "办理时限将到"
    OVERDUE = "overdue", "办理已超时限"
    ESCALATED = "escalated", "本单位办理超时限"
    ALERT = "alert", "监测预警"
    INCIDENT = "incident", "安全事件"
    GRANT = "grant", "授权暂停、恢复或终止"
    REPORT = "report", "定期报告"
    ASSESSMENT = "assessment", "评估将到期"
    QUALITY = "quality", "数据质量问题"
    TRIAL = "trial", "试发消息"


# What a person or a body chooses from; a trial is asked for each time.
CHOSEN: tuple[NoticeKind, ...] = tuple(kind for kind in NoticeKind if kind is not NoticeKind.TRIAL)


# What is over once nothing waits any more.
WAITING: tuple[NoticeKind, ...] = (
    NoticeKind.TASK,
    NoticeKind.RETURNED,
    NoticeKind.DUE_SOON,
    NoticeKind.OVERDUE,
    NoticeKind.ESCALATED,
    NoticeKind.ALERT,
)


class Channel(Choice):
    MAIL = "mail", "电子邮件"
    WEBHOOK = "webhook", "群机器人或接口"


class Flavour(Choice):
    """The form a webhook's message takes, and how it is signed."""

    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人（加签）"
    FEISHU = "feishu", "飞书群机器人（签名校验）"
    PLAIN = "plain", "通用接口（HMAC 签名）"

    @property
    def signs(self) -> bool:
        return self is not Flavour.WECOM


class DeliveryState(Choice):
    WAITING = "WAITING", "等待发送"
    SENT = "DONE", "已送达"
    FAILED = "FAILED", "发送失败"
