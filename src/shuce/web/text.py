"""Text that no database keeps is turned away at the door, on the pages and in the API alike."""

import json
import zlib
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser


def keepable(value: Any) -> bool:
    """Return whether every string in `value` can be kept: no NUL, no half of a surrogate pair.

    PostgreSQL refuses NUL in text, and UTF-8 has no bytes for a lone surrogate (RFC 3629, 3).
    """
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(keepable(part) for pair in value.items() for part in pair)
    return not isinstance(value, list) or all(map(keepable, value))


class OnlyKeepableText:
    """Answers 400 to an address or a form that carries text which cannot be kept."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Judge the address and the form; a body that the API reads itself is left unread here."""
        form = {} if request.path.startswith("/api/") else dict(request.POST)
        if not keepable([request.path, dict(request.GET), form]):
            raise BadRequest


class KeepableJson(Parser):
    """A body that carries text which cannot be kept cannot be read: 400."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the parsed body; ValueError for what is no JSON or cannot be kept."""
        body = json.loads(_unpacked(request))
        if not keepable(body):
            raise ValueError
        return body


# What a packed body may unpack to: as much as one that was not packed.
_MOST_UNPACKED = 50 * 1024 * 1024


def _unpacked(request: HttpRequest) -> bytes:
    """Return the body, unpacked where it says it is packed (RFC 9110, 8.4.1.3)."""
    if request.headers.get("Content-Encoding", "").strip().lower() != "gzip":
        return request.body
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacking.decompress(request.body, _MOST_UNPACKED)
    except zlib.error as fault:
        raise ValueError from fault
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ValueError
    return body
