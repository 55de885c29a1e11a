from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.books.models import LedgerCheck

# An account stands with its card, wherever that goes.
passes_on(
    Estate("books.checks", "账卡核对", LedgerCheck, "organization", related=("organization",))
)
