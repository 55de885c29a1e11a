from dataclasses import dataclass
from typing import ClassVar

from shuce.foundation.evidence.recording import Event
from shuce.kernel.clauses import Clause


@dataclass(frozen=True)
class ProductRegistered(Event):
    """A data product was registered with the grants and assets it is made from."""

    kind: ClassVar[str] = "market.product_registered"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "登记数据产品"

    number: str
    grant_ids: tuple[str, ...]
    card_ids: tuple[str, ...]


@dataclass(frozen=True)
class ProductWithdrawn(Event):
    """A product was taken off the list: no new contract can be signed over it."""

    kind: ClassVar[str] = "market.product_withdrawn"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "下架数据产品"

    reason: str


@dataclass(frozen=True)
class PriceProposed(Event):
    """A price was proposed with the basis it rests on."""

    kind: ClassVar[str] = "market.price_proposed"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "提出定价"

    product_id: str
    method: str
    unit_price_fen: int
    cap_fen: int


@dataclass(frozen=True)
class PriceConcluded(Event):
    """The approval of a price ended and it came into force, or did not."""

    kind: ClassVar[str] = "market.price_concluded"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "定价审批办结"

    product_id: str
    state: str


@dataclass(frozen=True)
class AuctionOpened(Event):
    """A sealed auction was opened under rules that were fixed before the first bid."""

    kind: ClassVar[str] = "market.auction_opened"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "开始竞价"

    number: str
    product_id: str
    rules_digest: str
    closes_at: str


@dataclass(frozen=True)
class BidPlaced(Event):
    """A sealed bid was placed. Its digest is told; its amount nobody can read before the close."""

    kind: ClassVar[str] = "market.bid_placed"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "密封报价"

    auction_id: str
    bidder_id: str
    bid_digest: str


@dataclass(frozen=True)
class SharesReleased(Event):
    """A custodian released its shares of the bids' keys, after the close."""

    kind: ClassVar[str] = "market.shares_released"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "保管人开启报价"

    custodian_id: str
    bids: int


@dataclass(frozen=True)
class AuctionConcluded(Event):
    """An auction was decided by its rules; the record lets anyone decide it again."""

    kind: ClassVar[str] = "market.auction_concluded"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "竞价成交"

    state: str
    winner_id: str
    price_fen: int
    record_digest: str


@dataclass(frozen=True)
class ContractSigned(Event):
    """A contract over a product was signed: purpose, term, price and shares.

    `worths`, where contributions were measured: number n of them is what the combination of those
    sharers is worth whose bits are set in n, from 1 on.
    """

    kind: ClassVar[str] = "market.contract_signed"
    clause: ClassVar[Clause] = Clause.N_5
    label: ClassVar[str] = "签订合同"

    number: str
    product_id: str
    buyer_id: str
    purpose_kind: str
    unit_price_fen: int
    starts_on: str
    ends_on: str
    share_basis: str
    share_evidence: str
    sharer_ids: tuple[str, ...]
    weights: tuple[int, ...]
    worths: tuple[int, ...]


@dataclass(frozen=True)
class ContractEnded(Event):
    """A contract was ended before its time, and why."""

    kind: ClassVar[str] = "market.contract_ended"
    clause: ClassVar[Clause] = Clause.N_4
    label: ClassVar[str] = "终止合同"

    reason: str


@dataclass(frozen=True)
class ServicePublished(Event):
    """A product's data interface was published: which version of which query, how often a key."""

    kind: ClassVar[str] = "market.service_published"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "发布产品接口"

    product_id: str
    query_id: str
    version: int
    per_minute: int
    per_day: int


@dataclass(frozen=True)
class ServiceStopped(Event):
    """A product's data interface was stopped, for every key at once, and why."""

    kind: ClassVar[str] = "market.service_stopped"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "停止产品接口"

    product_id: str
    reason: str


@dataclass(frozen=True)
class KeyMade(Event):
    """A buyer made a key to call a product under its contract. The key itself is not kept."""

    kind: ClassVar[str] = "market.key_made"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "生成产品密钥"

    contract_id: str
    expires_on: str


@dataclass(frozen=True)
class KeyRevoked(Event):
    """A key of a contract was revoked: nothing is answered to it from then on."""

    kind: ClassVar[str] = "market.key_revoked"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "吊销产品密钥"

    contract_id: str


@dataclass(frozen=True)
class CallAdmitted(Event):
    """A call of a product was let in: its key, contract and every grant held at that moment."""

    kind: ClassVar[str] = "market.call_admitted"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "受理接口调用"

    key_id: str
    contract_id: str
    product_id: str


@dataclass(frozen=True)
class CallServed(Event):
    """A call of a product was answered: with released figures, or refused by a rule of the node."""

    kind: ClassVar[str] = "market.call_served"
    clause: ClassVar[Clause] = Clause.G_5
    label: ClassVar[str] = "答复接口调用"

    contract_id: str
    state: str
    question_id: str
    digest: str


@dataclass(frozen=True)
class EditionIssued(Event):
    """A released result was issued as an edition of a report."""

    kind: ClassVar[str] = "market.edition_issued"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "发布报告"

    number: str
    product_id: str
    question_id: str
    digest: str


@dataclass(frozen=True)
class EditionWithdrawn(Event):
    """An edition of a report was withdrawn, and why: nobody takes it any more."""

    kind: ClassVar[str] = "market.edition_withdrawn"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "撤回报告"

    reason: str


@dataclass(frozen=True)
class EditionTaken(Event):
    """A buyer took an edition as a file under its contract; the delivery tells whose it is."""

    kind: ClassVar[str] = "market.edition_taken"
    clause: ClassVar[Clause] = Clause.G_5
    label: ClassVar[str] = "下载报告"

    contract_id: str
    delivery: str


@dataclass(frozen=True)
class ProductPublished(Event):
    """A product was published on a platform, for a use that each of its grants allows."""

    kind: ClassVar[str] = "market.product_published"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "在平台发布产品"

    product_id: str
    platform: str
    platform_name: str
    reference: str
    region_code: str
    purpose_kind: str


@dataclass(frozen=True)
class PublicationRecalled(Event):
    """A product was taken off a platform."""

    kind: ClassVar[str] = "market.publication_recalled"
    clause: ClassVar[Clause] = Clause.G_8
    label: ClassVar[str] = "从平台撤下产品"
