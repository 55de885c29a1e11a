"""The price schedule, looked up at a day."""

from collections.abc import Iterable
from datetime import date

from shuce.engines.breaches.rows import Price


class Schedule:
    """Government-guided prices by item; on a day, the version that began last is in force."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._by_item: dict[str, list[Price]] = {}
        for price in prices:
            self._by_item.setdefault(price.item, []).append(price)
        for versions in self._by_item.values():
            versions.sort(key=lambda price: price.starts_on, reverse=True)

    def price_of(self, item: str | None, on: date) -> Price | None:
        """Return the version in force for `item` on that day, if any."""
        for price in self._by_item.get(item or "", ()):
            if price.starts_on <= on and (price.ends_on is None or on <= price.ends_on):
                return price
        return None
