from datetime import timedelta

import pytest

from shuce.foundation.organizations import requests
from tests.make import NOON

# When every approval that began at noon has run to its end.
SETTLED = NOON + timedelta(days=20)


@pytest.fixture(autouse=True)
def _settled(monkeypatch):
    """Let pages and the API be asked when the world's approvals are over."""
    monkeypatch.setattr(requests, "now", lambda: SETTLED)
