"""Documents: PDF by Typst, Word by docxtpl. Templates lie in the `documents/` folder of each app.

A Typst template begins with `#import "office.typ": *`, which gives it `data` and the look.
"""

import io
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.apps import apps
from django.conf import settings
from docxtpl import DocxTemplate

from shuce.foundation.office.showing import moment, plain
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money

_HERE = Path(__file__).parent
# PDF/A-2b: what archives ask for, with transparency and attachments allowed.
_ARCHIVAL = "a-2b"


def pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Typeset `template` ("register/card.typ": app label / file) with `data`, as PDF/A.

    `at` is the document's date of making, so that the same data gives the same file. Values may
    be anything the house can show; they arrive in the template as words and numbers.
    """
    file = template_file(template)
    # Everything is handed over in memory, so that a template can read nothing else.
    files = {
        **{one.name: one.read_bytes() for one in _typst_files(_HERE / "documents")},
        **{one.name: one.read_bytes() for one in _typst_files(file.parent)},
        "main.typ": file.read_bytes(),
        "data.json": json.dumps(_words(data), ensure_ascii=False).encode(),
    }
    # The compiler takes a dictionary of files; its published types do not say so.
    compile_files: Callable[..., bytes] = typst.compile
    return compile_files(
        files, format="pdf", font_paths=_fonts(), pdf_standards=_ARCHIVAL, timestamp=at
    )


def word(template: str, data: Mapping[str, Any]) -> bytes:
    """Fill a Word template ("reporting/annual.docx") with `data`; nothing in it is mark-up."""
    document = DocxTemplate(template_file(template))
    document.render(_words(data), autoescape=True)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def template_file(name: str) -> Path:
    """Return the file of the template "app label/file"."""
    label, _, file = name.partition("/")
    return Path(apps.get_app_config(label).path) / "documents" / file


def _typst_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.typ")) + sorted(folder.glob("*.svg"))


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts: the body's own folder first, then ours; never those of the machine."""
    own = getattr(settings, "SHUCE_FONTS", None)
    folders = [str(own)] if own else []
    return typst.Fonts(include_system_fonts=False, font_paths=[*folders, str(_HERE / "fonts")])


def _words(value: Any) -> Any:
    """Turn values of the house into what a document prints."""
    match value:
        case Mapping():
            return {str(key): _words(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_words(one) for one in value]
        case Choice():
            return value.label
        case bool() | int() | float() | None:
            return value
        case Money() | Decimal() | str():
            return str(value)
        case datetime() | date():
            return moment(value)
        case _:
            return plain(value)
