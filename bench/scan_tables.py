"""Invented tables as offices keep them, with the truth about every column, for tests and benches.

Two tiers: `office` (columns as offices make them) and `harsh` (wrong check digits, rounded phones,
names mixed with firms, personal data in JSON, nearly empty columns, 25 rows, look-alikes).
Nothing here was taken from a record; check digits are computed.
"""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta

from shuce.kernel.identifiers import (
    body_check_character,
    passes_luhn,
    resident_check_character,
    uscc_check_character,
)
from shuce.kernel.regions import full_name, regions_in

Values = list[str | None]
Truth = dict[str, str]
Tables = dict[str, dict[str, Values]]

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁宋唐许韩"
    "冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任姚卢"
)
_GIVEN = (
    "伟芳娜敏静磊洋勇艳杰娟涛明超霞平刚桂兰英华玉萍红建国文"
    "斌丽强军海波宇轩梓涵欣怡子墨思远雨桐佳琪志鹏晓东淑珍凤"
)
_ROADS = (
    "人民",
    "中山",
    "解放",
    "建设",
    "和平",
    "新华",
    "长江",
    "文化",
    "学院",
    "滨河",
    "淮海",
    "世纪",
    "光明",
    "东风",
)
_BRANDS = (
    "华信",
    "中科",
    "恒泰",
    "瑞丰",
    "天成",
    "博远",
    "宏达",
    "金源",
    "卓越",
    "创联",
    "德润",
    "嘉禾",
    "安泰",
    "凯瑞",
)
_TRADES = (
    "信息技术",
    "建筑工程",
    "医药",
    "物流",
    "商贸",
    "环保科技",
    "餐饮管理",
    "机械制造",
    "农业发展",
)
_ILLNESSES = (
    "原发性高血压",
    "2型糖尿病",
    "肺炎",
    "慢性胃炎",
    "急性上呼吸道感染",
    "腰椎间盘突出",
    "冠状动脉粥样硬化性心脏病",
    "慢性肾脏病",
)
_PLATES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_COUNTIES = [code for code in regions_in("") if not code.endswith("00")]
_HEADS = (
    "130",
    "131",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "158",
    "159",
    "166",
    "177",
    "180",
    "186",
    "187",
    "188",
    "189",
    "191",
    "199",
)


class Office:
    """A seeded maker of values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def name(self) -> str:
        r = self.random
        return r.choice(_SURNAMES) + "".join(r.choices(_GIVEN, k=r.choice((1, 2, 2, 2))))

    def day(self, first: date = date(1940, 1, 1), last: date = date(2020, 12, 31)) -> date:
        return first + timedelta(days=self.random.randrange((last - first).days))

    def id_card(self, wrong: float = 0.0, born: date | None = None) -> str:
        first = (
            f"{self.random.choice(_COUNTIES)}{born or self.day():%Y%m%d}"
            f"{self.random.randrange(1, 1000):03}"
        )
        check = resident_check_character(first)
        if self.random.random() < wrong:
            check = self.random.choice([c for c in "0123456789X" if c != check])
        return first + check

    def mobile(self) -> str:
        return self.random.choice(_HEADS) + f"{self.random.randrange(10**8):08}"

    def landline(self) -> str:
        area = self.random.choice(("010", "021", "0512", "0571", "0755"))
        return f"{area}-{self.digits(8, '2345678')}"

    def digits(self, length: int, first: str = "123456789") -> str:
        rest = "".join(self.random.choices("0123456789", k=length - 1))
        return self.random.choice(first) + rest

    def luhn(self, head: str, length: int) -> str:
        body = head + "".join(self.random.choices("0123456789", k=length - len(head) - 1))
        return next(body + c for c in "0123456789" if passes_luhn(body + c))

    def bank_card(self, wrong: float = 0.0) -> str:
        card = self.luhn(self.random.choice(("622202", "621700", "622848", "621661", "623668")), 19)
        if self.random.random() < wrong:
            card = card[:-1] + str((int(card[-1]) + self.random.randrange(1, 10)) % 10)
        return card

    def uscc(self, wrong: float = 0.0) -> str:
        body = self.digits(8)
        first = self.random.choice(("91", "92", "12", "52")) + self.random.choice(_COUNTIES) + body
        first += body_check_character(body)
        check = uscc_check_character(first)
        if self.random.random() < wrong:
            check = self.random.choice([c for c in "0123456789ABCDEFGH" if c != check])
        return first + check

    def company(self) -> str:
        r = self.random
        city = r.choice(("上海", "苏州", "杭州", "南京", "深圳", "成都"))
        return city + r.choice(_BRANDS) + r.choice(_TRADES) + r.choice(("有限公司", "股份有限公司"))

    def address(self) -> str:
        r = self.random
        return (
            f"{full_name(r.choice(_COUNTIES))}{r.choice(_ROADS)}{r.choice(('路', '街', '大道'))}"
            f"{r.randrange(1, 999)}号{r.randrange(1, 40)}幢{r.randrange(101, 2500)}室"
        )

    def email(self) -> str:
        return f"user{self.random.randrange(10**5)}@{self.random.choice(('163.com', 'qq.com'))}"

    def plate(self) -> str:
        r = self.random
        return (
            r.choice(_PLATES) + r.choice("ABCDE") + "".join(r.choices("0123456789ABCDEFGHJK", k=5))
        )

    def pick(self, *values: str) -> str:
        return self.random.choice(values)


def office_tables(rows: int = 300, seed: int = 7) -> tuple[Tables, dict[str, Truth]]:
    """Return {table: {column: values}} and {table: {column: type}}, as offices make them."""
    o = Office(seed)
    start = o.random.randrange(10**6)
    ids = [o.id_card() for _ in range(rows)]

    def col(make: Callable[[], str], empty: float = 0.05) -> Values:
        return [None if o.random.random() < empty else make() for _ in range(rows)]

    people: dict[str, tuple[Values, str]] = {
        "序号": ([str(i + 1) for i in range(rows)], "none"),
        "姓名": (col(o.name), "person_name"),
        "性别": (col(lambda: o.pick("男", "女")), "gender"),
        "民族": (col(lambda: o.pick("汉族", "汉族", "汉族", "回族", "满族", "壮族")), "ethnicity"),
        "身份证号": (list(ids), "id_card"),
        "出生日期": ([f"{i[6:10]}-{i[10:12]}-{i[12:14]}" for i in ids], "birth_date"),
        "手机号码": (col(o.mobile), "mobile"),
        "办公电话": (col(o.landline), "landline"),
        "家庭住址": (col(o.address), "address"),
        "开户行账号": (col(o.bank_card), "bank_card"),
        "邮箱": (col(o.email, 0.5), "email"),
        "护照号": (col(lambda: "E" + o.digits(8), 0.8), "passport"),
        "车牌号": (col(o.plate, 0.4), "plate"),
        "月收入": (col(lambda: f"{o.random.lognormvariate(8.8, 0.5):.2f}"), "income"),
        "诊断": (col(lambda: o.pick(*_ILLNESSES), 0.3), "medical"),
        "宗教信仰": (
            col(lambda: o.pick("佛教", "道教", "基督教", "伊斯兰教", "无"), 0.2),
            "religion",
        ),
    }
    bodies: dict[str, tuple[Values, str]] = {
        "dwmc": (col(o.company), "org_name"),
        "tyshxydm": (col(o.uscc), "uscc"),
        "fddbr": (col(o.name), "person_name"),
        "lxdh": (col(o.mobile), "mobile"),
        "xzqhdm": (col(lambda: o.random.choice(_COUNTIES)), "region_code"),
        "zczb": (col(lambda: f"{o.random.lognormvariate(6, 1):.2f}"), "none"),
        "clrq": (col(lambda: o.day(date(1990, 1, 1), date(2024, 1, 1)).isoformat()), "none"),
        "ddbh": ([f"1{o.random.randrange(3)}{i:09}" for i in range(start, start + rows)], "none"),
        "lsh": (col(lambda: f"{o.day(date(2018, 1, 1)):%Y%m%d}{o.digits(11)}", 0), "none"),
        "zdip": (
            col(
                lambda: (
                    f"10.{o.random.randrange(256)}.{o.random.randrange(256)}."
                    f"{o.random.randrange(1, 255)}"
                )
            ),
            "ip",
        ),
        "lng": (col(lambda: f"{121.4 + o.random.random() / 5:.6f}"), "gps"),
        "lat": (col(lambda: f"{31.1 + o.random.random() / 5:.6f}"), "gps"),
    }
    return _split({"人员信息": people, "qy_jbxx": bodies})


def harsh_tables(rows: int = 300, seed: int = 11) -> tuple[Tables, dict[str, Truth]]:
    """Return tables that were mistreated, and columns that only look like something."""
    o = Office(seed)

    def col(make: Callable[[], str], empty: float = 0.05) -> Values:
        return [None if o.random.random() < empty else make() for _ in range(rows)]

    damaged: dict[str, tuple[Values, str]] = {
        "zjhm": (col(lambda: o.id_card(wrong=0.3)), "id_card"),
        "kh": (col(lambda: o.bank_card(wrong=0.3)), "bank_card"),
        "xydm": (col(lambda: o.uscc(wrong=0.3)), "uscc"),
        "联系电话": (col(lambda: f"{float(o.mobile()):.2E}"), "mobile"),
        "申请人": (
            col(lambda: o.name() if o.random.random() < 0.6 else o.company()),
            "person_name",
        ),
        "ext": (
            col(lambda: json.dumps({"src": "app", "tel": o.mobile(), "ok": True})),
            "free_text_pii",
        ),
        "备注": (
            col(lambda: "材料齐全" + (f"，电话{o.mobile()}" if o.random.random() < 0.05 else "")),
            "free_text_pii",
        ),
        "col_9": (col(o.id_card, 0.97), "id_card"),
        "f10": (
            col(lambda: o.mobile()[:3] + "-" + o.mobile()[3:7] + "-" + o.mobile()[7:]),
            "mobile",
        ),
        "f11": (col(o.name), "person_name"),
        "f12": (col(o.address), "address"),
        "f13": (col(o.email, 0.97), "email"),
    }
    alike: dict[str, tuple[Values, str]] = {
        "身份证号": (
            [f"{o.random.choice(_COUNTIES)}{o.day():%Y%m%d}{i % 10000:04}" for i in range(rows)],
            "none",
        ),
        "imei": (col(lambda: o.luhn("86", 15)), "none"),
        "会员卡号": (col(lambda: o.luhn("88", 16)), "none"),
        "运单": ([str(13800000000 + i) for i in range(rows)], "none"),
        "金额": (col(lambda: f"{o.random.lognormvariate(8, 1):.2f}"), "none"),
        "供应商": (col(o.company), "org_name"),
        "颜色": (col(lambda: o.pick("白色", "黄色", "金色", "白", "黄")), "none"),
        "版本": (col(lambda: ".".join(str(o.random.randrange(20)) for _ in range(4))), "none"),
        "jd": (col(lambda: str(o.random.randrange(101))), "none"),
        "更新时间": (col(lambda: f"{o.day(date(2020, 1, 1), date(2024, 1, 1))} 12:30:05"), "none"),
        "学历": (col(lambda: o.pick("高中", "本科", "大专")), "none"),
        "行业": (col(lambda: o.pick(*_TRADES)), "none"),
    }
    few, few_truth = office_tables(25, seed + 1)
    tables, truth = _split({"damaged": damaged, "alike": alike})
    tables["few"], truth["few"] = few["人员信息"], few_truth["人员信息"]
    return tables, truth


def _split(
    tables: dict[str, dict[str, tuple[Values, str]]],
) -> tuple[Tables, dict[str, Truth]]:
    return (
        {t: {c: values for c, (values, _) in columns.items()} for t, columns in tables.items()},
        {t: {c: kind for c, (_, kind) in columns.items()} for t, columns in tables.items()},
    )
