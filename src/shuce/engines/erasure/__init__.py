"""Destroying data so that it cannot be read back, with a proof of every step."""

from shuce.engines.erasure.erasing import erase
from shuce.engines.erasure.methods import METHODS, Level, Medium, Method, methods_for
from shuce.engines.erasure.proof import CannotErase, Digests, Proof, Step, digests_of
from shuce.engines.erasure.target import Target

__all__ = [
    "METHODS",
    "CannotErase",
    "Digests",
    "Level",
    "Medium",
    "Method",
    "Proof",
    "Step",
    "Target",
    "digests_of",
    "erase",
    "methods_for",
]
