"""Noise that hides counts on the way, and ids that nobody bears.

The counting side must not see how many people a joint group has before the group is known to be
large enough. So the holding side puts a secret number of ids that nobody bears, but both sides
know, into each joint group, and takes them off again only where the figure may be released. The
number is a discrete Laplace draw (OpenDP) cut to [-SHIFT, SHIFT] and moved above zero.
"""

import hashlib
import secrets

from shuce.engines.fusion.shapes import SHIFT
from shuce.engines.privacy import LaplaceNoise

# What one person changes of what the counting side sees is hidden as by this epsilon in each pass;
# a draw falls outside the cut with a chance below 7e-6.
VIEW_EPSILON = 0.5


def draws(count: int) -> list[int]:
    """Return `count` secret numbers from 0 to 2 * SHIFT."""
    noise = LaplaceNoise(1, VIEW_EPSILON).noised([0] * count)
    return [SHIFT + max(-SHIFT, min(SHIFT, one)) for one in noise]


def masking_ids(secret: bytes, number: int, left: int, right: int, count: int) -> list[str]:
    """Return the first `count` ids that both sides know for one joint bucket of one pass."""
    place = f"{number}/{left}/{right}/".encode()
    return [
        "mask:" + hashlib.sha256(secret + place + str(each).encode()).hexdigest()
        for each in range(count)
    ]


def padding_ids(count: int) -> list[str]:
    """Return ids that only this side knows: they hide how large a bucket is, and match nothing."""
    return ["pad:" + secrets.token_hex(32) for _ in range(count)]
