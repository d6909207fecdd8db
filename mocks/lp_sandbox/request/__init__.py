"""Requests and answers: routes, calls, rules, problems and documents. Nothing here depends on an edition."""
