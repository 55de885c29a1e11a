"""R13 and R14: assets that went without an official reply, and the public made to pay."""

from collections.abc import Iterator
from datetime import date

from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.red_lines.rows import Dealings
from shuce.engines.breaches.settings import Settings
from shuce.kernel.clauses import Clause
from shuce.kernel.words import say


def find_no_reply(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R13: an asset was disposed of, or deleted, with no number of an official reply."""
    for disposal in dealings.disposals.values():
        if disposal.day <= as_of and not disposal.reply.strip():
            why = say(
                "资产 {asset} 于 {day} 以“{method}”方式处置，金额 {amount}，没有批复文号。",
                asset=disposal.asset, day=disposal.day, method=disposal.method,
                amount=yuan(disposal.amount_fen),
            )  # fmt: skip
            refs = refs_of(disposal.id, disposal.asset)
            yield Finding(Code.NO_OFFICIAL_REPLY, disposal.amount_fen, refs, why, Clause.N_6)


def find_public_charged(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R14: a product for the public good has a price for the public; the amount is that price."""
    for product in dealings.products.values():
        for_public = any(word in product.audience for word in settings.public_words)
        if for_public and product.purpose in settings.free_purposes and product.price_fen > 0:
            why = say(
                "产品 {product} 用于{purpose}，却向{audience}收费，单价 {price}。",
                product=product.id, purpose=product.purpose, audience=product.audience,
                price=yuan(product.price_fen),
            )  # fmt: skip
            yield Finding(
                Code.PUBLIC_CHARGED, product.price_fen, refs_of(product.id), why, Clause.G_10
            )
