"""The commands of `lp-guide`."""
