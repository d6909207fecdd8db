"""The early career framework edition: what the sandbox does behind its contract."""
