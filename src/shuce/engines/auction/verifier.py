"""An independent check of an auction's record. It shares no code with the engine, on purpose:
only the standard library and the words people read, so that a fault in one shows in the other.

It reads the JSON record alone, proves every commitment, replays the auction by ways of its own
(scans instead of sorts, search instead of tables) and names each difference.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from shuce.kernel.words import say

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing wrong with a record: a short code, and a sentence."""

    code: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


def verify(record: Record) -> list[Difference]:
    """Return what is wrong with an auction's record; an empty list is a clean bill."""
    try:
        return _Replay(record).differences()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as error:
        name = f"{type(error).__name__} {error}"[:80]
        return [Difference("unreadable", say("记录无法读懂：{name}", name=name))]


def _hash(label: bytes, *parts: bytes) -> str:
    text = b""
    for part in (label, *parts):
        text = text + len(part).to_bytes(4, byteorder="big") + part
    return hashlib.sha256(text).hexdigest()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


class _Replay:
    """One record being replayed."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.rules = record["rules"]
        self.name: str = self.rules["auction"]
        self.form: str = self.rules["form"]
        self.closing = record["closing"]
        self.found: list[Difference] = []
        self.bids = [dict(bid) for bid in record["bids"]]
        for bid in self.bids:
            bid["offers"] = [(int(q), Fraction(p)) for q, p in bid["offers"]]
            bid["best"] = max(price for _, price in bid["offers"])
        self.refused: dict[tuple[int, str], str] = {}

    def differences(self) -> list[Difference]:
        self._check_what_was_fixed_before()
        reserve = self._reserve()
        self._check_entries()
        counted = self._count()
        awards, clearing, closed_at = self._replay(counted, reserve)
        self._compare(awards, clearing, closed_at)
        return self.found

    def _say(self, code: str, sentence: str) -> None:
        self.found.append(Difference(code, sentence))

    def _check_what_was_fixed_before(self) -> None:
        text = json.dumps(self.rules, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        if hashlib.sha256(text.encode("utf-8")).hexdigest() != self.record["rules_digest"]:
            self._say("rules", say("规则与开拍前公布的摘要不符"))
        if self.record["format"] != "shuce-auction-1":
            self._say("format", say("记录格式不认识"))
        if self.closing["auction"] != self.name:
            self._say("closing", say("截止标记属于另一场拍卖"))

    def _reserve(self) -> Fraction | None:
        """Return the worst price that may be sold at: the stricter of limit and reserve."""
        limit = None if self.rules["limit"] is None else Fraction(self.rules["limit"])
        told = self.record["reserve"]
        bound = self.rules["reserve_commitment"]
        if (told is None) != (not bound):
            self._say("reserve", say("保留价与规则不符"))
        if told is None:
            return limit
        amount = Fraction(told["amount"])
        made = _hash(
            b"shuce auction reserve 1",
            bytes.fromhex(told["salt"]),
            str(amount).encode(),
            self.name.encode(),
        )
        if made != bound:
            self._say("reserve", say("揭示的保留价与承诺不符"))
        if limit is None:
            return amount
        return min(amount, limit) if self.form == "uniform_yield" else max(amount, limit)

    def _check_entries(self) -> None:
        entries = [(bid["index"], bid["commitment"]) for bid in self.bids]
        if len(entries) != len(set(entries)):
            self._say("entries", say("同一存证条目出现两次"))
        self.bids.sort(key=lambda bid: (bid["index"], bid["commitment"]))

    def _count(self) -> list[dict[str, Any]]:
        counted = []
        wanted: dict[str, int] = {}
        for bid in self.bids:
            why = self._why_not(bid, wanted.get(bid["bidder"], 0))
            if why:
                self.refused[bid["index"], bid["commitment"]] = why
            else:
                counted.append(bid)
                quantity = sum(q for q, _ in bid["offers"])
                wanted[bid["bidder"]] = wanted.get(bid["bidder"], 0) + quantity
        return counted

    def _why_not(self, bid: Mapping[str, Any], wanted: int) -> str:
        offers = bid["offers"]
        written = "[" + ",".join(f'[{q},"{p}"]' for q, p in offers) + "]"
        made = _hash(
            b"shuce auction bid 1",
            bytes.fromhex(bid["salt"]),
            written.encode(),
            bid["bidder"].encode(),
            self.name.encode(),
        )
        one = self.form in ("first_price", "second_price", "english")
        yields, groves = self.form == "uniform_yield", self.form == "vcg"
        limit, budget = self.rules["limit"], self.rules["budgets"].get(bid["bidder"])
        if bid["index"] >= self.closing["size"]:
            return "late"
        if made != bid["commitment"]:
            return "unproven"
        for q, p in offers:
            outside = limit is not None and not groves
            wrong_side = outside and (p > Fraction(limit) if yields else p < Fraction(limit))
            if q < 1 or p < 0 or wrong_side:
                return "beyond_limit"
        if budget is not None and not yields:
            cost = bid["best"] if one or groves else sum(q * p for q, p in offers)
            if cost > Fraction(budget):
                return "beyond_budget"
        most = self.rules["most_per_bidder"]
        total = sum(q for q, _ in offers)
        if one:
            too_many = total > 1
        elif groves:
            too_many = max(q for q, _ in offers) > (self.rules["units"] if most is None else most)
        else:
            too_many = most is not None and wanted + total > most
        return "too_many" if too_many else ""

    def _replay(
        self, counted: list[dict[str, Any]], bound: Fraction | None
    ) -> tuple[dict[Any, Any], Fraction | None, datetime]:
        closed_at = _moment(self.closing["at"])
        reserve = Fraction(0) if bound is None else bound
        if self.form == "english":
            return self._open_outcry(counted, reserve)
        if self.form in ("first_price", "second_price"):
            return self._one(counted, reserve), None, closed_at
        if self.form == "vcg":
            return self._groves(counted, reserve), None, closed_at
        awards, clearing = self._many(counted, bound)
        return awards, clearing, closed_at

    def _one(self, counted: list[dict[str, Any]], reserve: Fraction) -> dict[Any, Any]:
        winner = None
        for bid in counted:
            if winner is None or bid["best"] > winner["best"]:
                winner = bid
        if winner is None or winner["best"] < reserve:
            return {}
        price = winner["best"]
        if self.form == "second_price":
            price = reserve
            for bid in counted:
                if bid["bidder"] != winner["bidder"]:
                    price = max(price, bid["best"])
        return {(winner["bidder"], price): 1}

    def _open_outcry(
        self, counted: list[dict[str, Any]], reserve: Fraction
    ) -> tuple[dict[Any, Any], None, datetime]:
        start, step = Fraction(self.rules["limit"] or 0), Fraction(self.rules["increment"])
        closes = _moment(self.rules["closes_at"])
        hard = self.rules["latest_close"] and _moment(self.rules["latest_close"])
        leader, top, shown = None, start, start
        for bid in counted:
            at, offer = _moment(bid["at"]), bid["best"]
            key = (bid["index"], bid["commitment"])
            if at >= closes:
                self.refused[key] = "late"
                continue
            if leader == bid["bidder"]:
                if offer > top:
                    top = offer
                else:
                    self.refused[key] = "too_low"
                continue
            if leader is not None and offer < shown + step:
                self.refused[key] = "too_low"
                continue
            if leader is None:
                leader, top, shown = bid["bidder"], offer, start
            elif offer > top:
                leader, top, shown = bid["bidder"], offer, min(offer, top + step)
            else:
                shown = min(top, offer + step)
            if closes - at <= timedelta(seconds=self.rules["window"]):
                moved = at + timedelta(seconds=self.rules["extension"])
                if hard and moved > hard:
                    moved = hard
                closes = max(closes, moved)
        if leader is None or top < reserve:
            return {}, None, closes
        return {(leader, max(shown, reserve)): 1}, None, closes

    def _many(
        self, counted: list[dict[str, Any]], bound: Fraction | None
    ) -> tuple[dict[Any, Any], Fraction | None]:
        yields = self.form == "uniform_yield"
        levels: dict[Fraction, list[tuple[str, int]]] = {}
        for bid in counted:
            for quantity, price in bid["offers"]:
                admitted = bound is None or (price <= bound if yields else price >= bound)
                if admitted:
                    levels.setdefault(price, []).append((bid["bidder"], quantity))
        left = self.rules["units"] - self.rules["set_aside"]
        taken: list[tuple[str, Fraction, int]] = []
        last = first_out = None
        while levels:
            price = min(levels) if yields else max(levels)
            group = levels.pop(price)
            got = self._margin(group, left)
            taken += [(who, price, n) for (who, _), n in zip(group, got, strict=True) if n]
            if sum(got):
                last = price
            left -= sum(got)
            if got != [n for _, n in group]:
                first_out = price
                break
        if last is None:
            return {}, None
        clearing = last
        if self.form != "pay_as_bid" and self.rules["price_rule"] == "first_rejected":
            if first_out is None:
                nothing_said = last if yields else Fraction(0)
                clearing = nothing_said if bound is None else bound
            elif bound is None:
                clearing = first_out
            else:
                clearing = min(first_out, bound) if yields else max(first_out, bound)
        awards: dict[Any, Any] = {}
        for who, price, n in taken:
            key = (who, price if self.form == "pay_as_bid" else clearing)
            awards[key] = awards.get(key, 0) + n
        return awards, clearing

    def _margin(self, group: list[tuple[str, int]], left: int) -> list[int]:
        whole = sum(n for _, n in group)
        if whole <= left:
            return [n for _, n in group]
        if self.rules["margin_rule"] == "earliest":
            got = []
            for _, n in group:
                got.append(n if n < left else left)
                left -= got[-1]
            return got
        exact = [Fraction(left * n, whole) for _, n in group]
        got = [int(share) for share in exact]
        while sum(got) < left:
            behind = max(share - n for share, n in zip(exact, got, strict=True))
            place = next(i for i, share in enumerate(exact) if share - got[i] == behind)
            got[place] += 1
        return got

    def _groves(self, counted: list[dict[str, Any]], reserve: Fraction) -> dict[Any, Any]:
        units = self.rules["units"] - self.rules["set_aside"]
        offers: dict[str, list[tuple[int, Fraction]]] = {}
        for bid in counted:
            offers.setdefault(bid["bidder"], []).extend(bid["offers"])
        names = list(offers)

        def best_without(absent: str | None, start: int, free: int) -> Fraction:
            present = [name for name in names[start:] if name != absent]

            @cache
            def best(i: int, u: int) -> Fraction:
                if i == len(present):
                    return reserve * u
                choices = [best(i + 1, u)]
                choices += [v + best(i + 1, u - q) for q, v in offers[present[i]] if q <= u]
                return max(choices)

            for i in range(len(present), -1, -100):  # keeps the search from going too deep
                for u in range(free + 1):
                    best(i, u)
            return best(0, free)

        whole = best_without(None, 0, units)
        awards: dict[Any, Any] = {}
        left, so_far = units, Fraction(0)
        for i, name in enumerate(names):
            likings = sorted(offers[name], key=lambda offer: (-offer[1], offer[0]))
            for q, v in likings:
                if (
                    v > 0
                    and q <= left
                    and so_far + v + best_without(None, i + 1, left - q) == whole
                ):
                    awards[name, best_without(name, 0, units) - (whole - v)] = q
                    left, so_far = left - q, so_far + v
                    break
        return awards

    def _compare(
        self, awards: dict[Any, Any], clearing: Fraction | None, closed_at: datetime
    ) -> None:
        claimed = self.record["outcome"]
        told: dict[Any, Any] = {}
        for who, n, price in claimed["awards"]:
            key = (who, Fraction(price))
            told[key] = told.get(key, 0) + n
        for key in sorted(set(told) | set(awards)):
            if told.get(key, 0) != awards.get(key, 0):
                self._say(
                    "award",
                    say(
                        "{who}（价 {price}）：记录 {told}，重算 {found}",
                        who=key[0],
                        price=str(key[1]),
                        told=told.get(key, 0),
                        found=awards.get(key, 0),
                    ),
                )
        said = claimed["clearing"]
        if (None if said is None else Fraction(said)) != clearing:
            self._say(
                "clearing", say("成交价：记录 {told}，重算 {found}", told=said, found=clearing)
            )
        if _moment(claimed["closed_at"]) != closed_at:
            self._say("closed_at", say("截止时间与重算不符"))
        refused = {(index, bound): why for index, bound, why in claimed["refused"]}
        if len(refused) != len(claimed["refused"]):
            self._say("refused", say("无效出价有重复"))
        for index, bound in sorted(set(refused) | set(self.refused)):
            one, other = refused.get((index, bound)), self.refused.get((index, bound))
            if one != other:
                self._say(
                    "refused",
                    say(
                        "第 {index} 号出价是否有效：记录 {told}，重算 {found}",
                        index=index,
                        told=one or say("有效"),
                        found=other or say("有效"),
                    ),
                )
