"""The rules of the Register edition, one module for each resource."""
