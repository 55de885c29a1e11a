"""One payment counts once, however often its bank serial or trade number was imported."""

from collections.abc import Mapping

from shuce.engines.breaches.rows import OutsideRecord, Receipt


def receipts_once(
    receipts: Mapping[str, Receipt],
) -> tuple[Mapping[str, Receipt], dict[str, str]]:
    """Return the receipts without repeated imports, and for each repeat the id that stays.

    Two receipts with one bank serial are one. With one trade number they are one only if
    amount is equal and no two different serials say otherwise: a trade may be paid in parts.
    """
    serials = [r.bank_serial for r in receipts.values() if r.bank_serial]
    if len(set(serials)) == len(serials) and not any(r.trade_no for r in receipts.values()):
        return receipts, {}  # the usual case: no number comes twice
    kept: dict[str, Receipt] = {}
    same_as: dict[str, str] = {}
    by_serial: dict[str, str] = {}
    by_trade: dict[tuple[str, int], Receipt] = {}
    for receipt in receipts.values():
        first: str | None = None
        if receipt.bank_serial:
            first = by_serial.setdefault(receipt.bank_serial, receipt.id)
        if receipt.trade_no and first in (None, receipt.id):
            like = by_trade.setdefault((receipt.trade_no, receipt.amount_fen), receipt)
            if not (like.bank_serial and receipt.bank_serial):
                first = like.id
        if first is None or first == receipt.id:
            kept[receipt.id] = receipt
        else:
            same_as[receipt.id] = same_as.get(first, first)
    return kept, same_as


def outside_records_once(records: Mapping[str, OutsideRecord]) -> list[list[OutsideRecord]]:
    """Group outside records that tell of the same money; the first of each group speaks for it."""
    groups: dict[tuple[str, str], list[OutsideRecord]] = {}
    for record in records.values():
        keys = [
            (kind, number)
            for kind, number in (
                ("trade", record.trade_no),
                ("serial", record.bank_serial),
                ("contract", record.contract if not _is_numbered(record) else None),
            )
            if number
        ] or [("id", record.id)]
        group = next((groups[key] for key in keys if key in groups), [])
        group.append(record)
        for key in keys:
            groups.setdefault(key, group)
    return list({id(group): group for group in groups.values()}.values())


def _is_numbered(record: OutsideRecord) -> bool:
    return bool(record.trade_no or record.bank_serial)
