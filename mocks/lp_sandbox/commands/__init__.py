"""The commands of `lp-sandbox`. What takes long to import is imported by the command that needs it."""
