"""Renders records as the documents that lead providers see, with the fields in the order of the service."""
