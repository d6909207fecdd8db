"""The generator: contract and content become pages."""
