"""Differential privacy: noise from OpenDP, and a ledger of what it has cost."""

from shuce.engines.privacy.ledger import BudgetExhausted, Ledger
from shuce.engines.privacy.noise import LaplaceNoise

__all__ = ["BudgetExhausted", "LaplaceNoise", "Ledger"]
