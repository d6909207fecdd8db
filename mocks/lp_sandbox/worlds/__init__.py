"""Worlds: their clocks, records and ids, and the store that holds them."""
