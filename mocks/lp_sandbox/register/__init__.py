"""The edition `register`: Register early career teachers, API v3."""
