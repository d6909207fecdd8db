"""A participant's history: training periods that never overlap, roles and statuses. All functions are pure."""
