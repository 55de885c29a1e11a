"""A unit's books, read from plain data. Rows that cannot be read are named and left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from shuce.engines.breaches import shapes
from shuce.engines.breaches.collector import rows_need_no_collecting
from shuce.engines.breaches.rows import (
    Account,
    BudgetItem,
    CollectionAction,
    Contract,
    Disposition,
    Expenditure,
    Invoice,
    OutsideRecord,
    Price,
    Receipt,
    Refund,
    Remittance,
    Transfer,
    Usage,
    Waiver,
)
from shuce.engines.breaches.tables import Reader, RowProblem


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of one unit. Rows with ids are in mappings by id, in the order given."""

    unit_id: str
    unit_type: str
    accounts: Mapping[str, Account]
    prices: tuple[Price, ...]
    contracts: Mapping[str, Contract]
    usage: Mapping[str, Usage]
    waivers: tuple[Waiver, ...]
    collection_actions: tuple[CollectionAction, ...]
    invoices: Mapping[str, Invoice]
    receipts: Mapping[str, Receipt]
    refunds: tuple[Refund, ...]
    remittances: Mapping[str, Remittance]
    expenditures: Mapping[str, Expenditure]
    transfers: Mapping[str, Transfer]
    budget_items: Mapping[str, BudgetItem]
    dispositions: tuple[Disposition, ...]
    external: Mapping[str, OutsideRecord]
    related_parties: frozenset[str]
    staff: frozenset[str]
    problems: tuple[RowProblem, ...]

    @property
    def lines(self) -> int:
        """How many rows the detectors will look at."""
        counted = (
            self.usage, self.waivers, self.collection_actions, self.invoices, self.receipts,
            self.refunds, self.remittances, self.expenditures, self.transfers, self.dispositions,
            self.external,
        )  # fmt: skip
        obligations = sum(len(contract.obligations) for contract in self.contracts.values())
        return obligations + sum(len(table) for table in counted)


def read_ledger(data: Mapping[str, object]) -> Ledger:
    """Read a unit's books. Bad rows go to `problems`; good rows are kept."""
    with rows_need_no_collecting():
        return _read_ledger(Reader(data), data)


def _read_ledger(reader: Reader, data: Mapping[str, object]) -> Ledger:
    unit = data.get("unit")
    unit = unit if isinstance(unit, Mapping) else {}
    return Ledger(
        unit_id=str(unit.get("id") or ""),
        unit_type=str(unit.get("type") or ""),
        accounts=reader.by_id("accounts", shapes.ACCOUNT),
        prices=reader.all("prices", shapes.PRICE),
        contracts=reader.by_id("contracts", shapes.CONTRACT),
        usage=reader.by_id("usage", shapes.USAGE),
        waivers=reader.all("waivers", shapes.WAIVER),
        collection_actions=reader.all("collection_actions", shapes.COLLECTION_ACTION),
        invoices=reader.by_id("invoices", shapes.INVOICE),
        receipts=reader.by_id("receipts", shapes.RECEIPT),
        refunds=reader.all("refunds", shapes.REFUND),
        remittances=reader.by_id("remittances", shapes.REMITTANCE),
        expenditures=reader.by_id("expenditures", shapes.EXPENDITURE),
        transfers=reader.by_id("transfers", shapes.TRANSFER),
        budget_items=reader.by_id("budget_items", shapes.BUDGET_ITEM),
        dispositions=reader.all("dispositions", shapes.DISPOSITION),
        external=reader.by_id("external", shapes.OUTSIDE_RECORD),
        related_parties=reader.names("related_parties"),
        staff=reader.names("staff"),
        problems=tuple(reader.problems),
    )
