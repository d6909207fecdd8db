"""Requests and answers: routes, calls, rules, problems and documents. It knows no edition by name."""
