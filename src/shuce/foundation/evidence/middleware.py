"""Pages and APIs change tables through commands only: enforced on the connection itself."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from shuce.foundation.evidence.recording import in_command

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE", "DROP", "ALTER")
# Tables of the web's own machinery: sessions, cache, sign-in, the queue of jobs, the mail between
# register and nodes. None is the register's own.
_MACHINERY = ("django_", "web_cache", "account_", "mfa_", "socialaccount_", "auth_", "node_")


class WroteOutsideCommand(AssertionError):
    """A page or API operation changed a table by itself: a bug."""


def only_commands_write(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse any change to the register's tables that a request makes outside a command."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Signing in and changing one's own password are allauth's work, on its own pages.
        signing_in = request.path.startswith("/accounts/")
        with connection.execute_wrapper(_Guard(signing_in)):
            return answer(request)

    return middleware


class _Guard:
    def __init__(self, signing_in: bool) -> None:
        self.signing_in = signing_in

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not in_command() and sql.lstrip()[:8].upper().startswith(_WRITES):
            table = sql.split('"', 2)[1] if '"' in sql else sql
            allowed = table.startswith(_MACHINERY) or (
                self.signing_in and table == "organizations_member"
            )
            if not allowed:
                raise WroteOutsideCommand(f"a request changed {table} outside a command")
        return execute(sql, params, many, context)
