"""The contract: what is promised."""
