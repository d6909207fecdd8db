"""The checks of the lint, one module for each kind of mistake. Each check is a function from a page to its findings."""
