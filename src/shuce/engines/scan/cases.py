"""`./shuce engine scan SOURCE --out scan.json [--sample [ROWS]]`: scan what the address names."""

import json
import sys
from pathlib import Path

from shuce.engines.scan.scanning import scan
from shuce.engines.scan.shapes import SourceUnreadable


def run(source: str, out: Path, sample: int | None = None) -> int:
    """Scan `source`, in full or about `sample` rows of each table, and write scan.json to `out`.

    Return 2 if it cannot be read at all.
    """
    try:
        result = scan(source, sample=sample, on_progress=_show_progress)
    except SourceUnreadable as error:
        print(error, file=sys.stderr)
        return 2
    try:
        out.write_text(
            json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    except OSError as error:
        print(f"{out}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _show_progress(done: int, total: int) -> bool:
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr, flush=True)
    return True
