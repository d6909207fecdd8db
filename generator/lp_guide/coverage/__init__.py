"""Measures which parts of a contract the pages show.

A thing counts as shown by a page that lists it in a table, links to it, names it in its words or sends a request with
it. The reference shows everything, since it is made from the contract. The guidance must show what site.yaml requires.
"""
