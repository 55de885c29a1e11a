"""Where tables come from: files, folders and databases, each behind the same three calls."""

from shuce.engines.scan.sources.base import Source
from shuce.engines.scan.sources.opening import open_source

__all__ = ["Source", "open_source"]
