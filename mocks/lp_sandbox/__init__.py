"""The mocks: a server with a memory that keeps the rules of the contract."""
