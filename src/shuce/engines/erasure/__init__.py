"""Destroying data so that it cannot be read back, with a proof of every step."""

from shuce.engines.erasure.erasing import erase
from shuce.engines.erasure.methods import METHODS, Level, Medium, Method, methods_for
from shuce.engines.erasure.proof import CannotErase, Proof, Step
from shuce.engines.erasure.target import Target

__all__ = [
    "METHODS",
    "CannotErase",
    "Level",
    "Medium",
    "Method",
    "Proof",
    "Step",
    "Target",
    "erase",
    "methods_for",
]
