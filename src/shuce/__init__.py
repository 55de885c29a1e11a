"""数册 Shuce: the register that carries a data asset through its whole life."""
