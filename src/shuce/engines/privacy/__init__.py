"""Differential privacy: noise from OpenDP, and a ledger of what it has cost."""

from shuce.engines.privacy.ledger import BudgetExhausted, Ledger
from shuce.engines.privacy.noise import GaussianNoise, LaplaceNoise

__all__ = ["BudgetExhausted", "GaussianNoise", "LaplaceNoise", "Ledger"]
