"""The commands of `lp-guide`, by what they do: judge, write and compare."""
