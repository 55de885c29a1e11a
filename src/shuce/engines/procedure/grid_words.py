"""The words by which officials write cells of a table: recognised, and never shown as sentences."""

import re

YES, NO = ("是", "yes", "true", "1"), ("否", "no", "false", "0")
# The civil code (art. 1259) takes 以上 and 以下 to include the number; officials often do not.
UNSURE = re.compile(r"以[上下内]|至|~|－|—")
SIGNS = (
    ("≥", ("≥", ">=", "不低于", "不少于", "及以上")),
    ("≤", ("≤", "<=", "不超过", "不高于", "及以下")),
    ("<", ("<", "低于", "不满", "不足")),
    (">", (">", "超过", "高于")),
)
UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 10**8, "亿元": 10**8}
NUMBER = re.compile(r"(-?[\d,]+(?:\.\d+)?)(亿元|万元|元|亿|万)?")
BETWEEN_ENDS = re.compile(r"[，、;；且]|,(?!\d{3})")
BETWEEN_VALUES = re.compile(r"[、;；|/]")
ANYTHING = ("不限", "-", "—")
EXAMPLE = "500万元"

# A procedure's steps as a grid: its headings, and the words of its cells.
KEY, TITLE, KIND, PART, BRANCH = "环节代码", "环节名称", "类型", "并行部分", "分支"
PLACE, ROLE, WHO, DEADLINE, BACK = "办理层级", "办理岗位", "办理人说明", "时限", "可退回至"
MODE, QUORUM, MEMBERS = "办理方式", "同意人数", "成员人数"
ATTENDANCE, MAJORITY, TABLE, WHEN = "到会", "赞成", "决策表", "条件"
APPLICANT = "申请人"
OF_PRESENT = "（到会成员）"
LIST_JOINT = "、"
A_DEADLINE = re.compile(r"(\d+)\s*(个工作日|工作日|日|天)?")
WORKING, CALENDAR = "个工作日", "日"
CALENDAR_DAYS = ("日", "天")
A_SHARE = re.compile(r"(≥|>=|不少于|>|＞|超过)\s*(\d+/\d+)\s*(（到会成员）|\(到会成员\))?")
AT_LEAST = ("≥", ">=", "不少于")
