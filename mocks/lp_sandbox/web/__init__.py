"""The web server around the API: connections, hosts, pages, forms and search."""
