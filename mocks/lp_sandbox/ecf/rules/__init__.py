"""The rules of the early career framework, one module for each resource."""
