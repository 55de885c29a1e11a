"""A million cards of a city: entered in bulk through the rules, found, listed, exported.

    PYTHONPATH=src python -m bench.cards [--cards 1000000] [--by-rules 1000000] [--copies 0]
        [--database postgresql://…]

Builds a city of 325 bodies in a home of its own (kept with --home), on SQLite or in a scratch
database on the server named. The first --by-rules cards go the whole way: drafted in batches by the
rules, graded, approved, entered, with every event; the rest are written as rows, without evidence,
to fill the register; with --copies N every card is then copied N times, with its text. Prints
rates, and the median and 95th percentile of what a reader waits for, as the bureau (sees all), a
department (a twenty-fifth) and a unit (a three hundredth).
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

AT = datetime(2026, 3, 20, 4, tzinfo=UTC)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cards", type=int, default=1_000_000)
    options.add_argument("--by-rules", type=int, default=1_000_000)
    options.add_argument("--database", help="a PostgreSQL URL; its database must be empty")
    options.add_argument("--home", help="where to build, and to keep; built before, only measured")
    options.add_argument("--copies", type=int, default=0, help="then copy every card so often")
    options.add_argument("--questions", type=int, default=600)
    asked = options.parse_args()
    os.environ["SHUCE_HOME"] = asked.home or tempfile.mkdtemp(prefix="shuce-bench-")
    if asked.database:
        os.environ["SHUCE_DATABASE"] = asked.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "shuce.web.settings"
    import django
    from django.conf import settings

    django.setup()
    # Twelve hundred passwords that nobody uses need no strong digest.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from bench import cards_filling as filling

    filling.build(asked.cards, min(asked.by_rules, asked.cards), AT, asked.copies)
    print(f"{connection.vendor}: {filling.count():,} cards")
    filling.measure_search(asked.questions)
    filling.measure_lists()
    filling.measure_exports(AT)
    return 0


def timed(name: str, count: int, work: Callable[[], Any]) -> Any:
    """Do `work`, and print how many of `count` a second, by the clock and by the processor."""
    began, spent = time.perf_counter(), time.process_time()
    done = work()
    took, used = time.perf_counter() - began, time.process_time() - spent
    print(f"  {name:<34} {count:>9,} in {took:7.1f} s {count / took:>9,.0f}/s (CPU {used:.1f} s)")
    sys.stdout.flush()
    return done


# By the clock, and by this process's processor: on a busy machine only the second tells.
Wait = tuple[float, float]


def waiting(work: Callable[[], Any]) -> Wait:
    """Do `work` and return how long it took."""
    began, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - spent


def waited(name: str, times: list[Wait]) -> None:
    clock, processor = (sorted(1e3 * wait[n] for wait in times) for n in (0, 1))
    middle, late = len(times) // 2, int(len(times) * 0.95)
    print(
        f"  {name:<42} p50 {clock[middle]:7.1f} ms  p95 {clock[late]:7.1f} ms"
        f"   (CPU {processor[middle]:6.1f}, {processor[late]:6.1f})"
    )
    sys.stdout.flush()


def in_parts(total: int, most: int) -> Iterator[int]:
    while total > 0:
        yield min(total, most)
        total -= most


def random() -> Random:
    return Random(20260320)


if __name__ == "__main__":
    sys.exit(main())
