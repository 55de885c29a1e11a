"""A seeded maker of values with habits. Everything is invented; check digits are computed."""

import string
from datetime import date
from typing import Any

from bench.detect.vocabulary import Half, both, words
from bench.scan_tables import Office
from shuce.engines.scan.checks import is_vin
from shuce.kernel.regions import full_name, region_name, regions_in

COUNTIES = [code for code in regions_in("") if not code.endswith("00")]
_BLOCKS = both("mobile_blocks")
_CARDS = both("card_heads")
AREAS = both("phone_areas")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SAFE = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


class Values(Office):
    """A maker of every kind of value; a column's habits are drawn once, by `habit`."""

    def __init__(self, seed: int, half: Half) -> None:
        super().__init__(seed)
        self.half: Half = half
        self.table_upper = self.random.random() < 0.4
        self._habits: dict[str, object] = {}

    def fresh_column(self) -> None:
        """Forget the habits of the last column."""
        self._habits.clear()
        self.count = self.random.randrange(10**4, 10**6)

    def habit(self, name: str, *choices: Any) -> Any:
        """Return this column's choice: values of one column are written alike."""
        if name not in self._habits:
            self._habits[name] = self.random.choice(choices)
        return self._habits[name]

    def word(self, kind: str) -> str:
        return self.random.choice(words(kind, self.half))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def letters(self, count: int, alphabet: str = string.ascii_uppercase) -> str:
        return "".join(self.random.choices(alphabet, k=count))

    def name(self) -> str:
        if self.chance(0.015):
            return self.word("ethnic_names")
        surname = self.word("compound_surnames" if self.chance(0.02) else "surnames")
        given = self.random.choices(words("given", self.half), k=self.random.choice((1, 2, 2, 2)))
        return surname + "".join(given)

    def recent_day(self) -> date:
        return self.day(date(2012, 1, 1), date(2026, 6, 30))

    def born(self) -> date:
        low, high = self.habit("ages", (1938, 2022), (1955, 2006), (1960, 2004), (2008, 2020))
        return self.day(date(low, 1, 1), date(high, 12, 31))

    def written(self, day: date) -> str:
        way = self.habit("date", "%Y-%m-%d", "%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日")
        return day.strftime(way)

    def company(self) -> str:
        where = region_name(self.random.choice(COUNTIES)) if self.chance(0.6) else ""
        return f"{where}{self.word('brands')}{self.word('trades')}{self.word('company_ends')}"

    def body(self) -> str:
        return region_name(self.random.choice(COUNTIES)) + self.word("agencies")

    def address(self) -> str:
        r = self.random
        full = full_name(r.choice(COUNTIES))
        place = r.choice((full, full, full[3:], ""))
        if self.chance(0.2):
            return f"{full}{self.word('villages')}村{r.randrange(1, 20)}组{r.randrange(1, 300)}号"
        street = f"{self.word('streets')}{self.word('street_ends')}{r.randrange(1, 1500)}号"
        estate = f"{self.word('estates')}{r.randrange(1, 40)}"
        tail = r.choice(
            (
                "",
                f"{r.randrange(1, 60)}栋{r.randrange(1, 5)}单元{r.randrange(101, 3300)}",
                f"{estate}-{r.randrange(1, 4)}-{r.randrange(101, 1800)}",
                f"{estate}号楼{r.randrange(101, 2800)}室",
            )
        )
        return place + street + tail

    def mobile(self) -> str:
        return self.random.choice(_BLOCKS) + f"{self.random.randrange(10**8):08}"

    def bank_card(self, wrong: float = 0.0) -> str:
        length = 16 if self.chance(0.25) else 19
        card = self.luhn(self.random.choice(_CARDS), length)
        if self.chance(wrong):
            card = card[:-1] + str((int(card[-1]) + self.random.randrange(1, 10)) % 10)
        if self.habit("spaced", False, False, False, True):
            card = " ".join(card[i : i + 4] for i in range(0, len(card), 4))
        return card

    def vin(self) -> str:
        body = self.random.choice(("LSV", "LFV", "LGX", "LVS", "WBA", "LHG", "LZW"))
        body += self.letters(14, _SAFE)
        good = (body[:8] + c + body[9:] for c in "0123456789X")
        return next(code for code in good if is_vin(code))
