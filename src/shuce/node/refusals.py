"""Why a node does not do what it was asked to."""

from typing import ClassVar

from shuce.kernel.refusals import Refused


class NodeRefused(Refused):
    """The node knows no such source or grant, or will not accept what it was handed."""

    http_status: ClassVar[int] = 422
