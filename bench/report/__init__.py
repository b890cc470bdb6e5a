"""Shows the results as tables, charts and a page of the docs. Nothing in here measures."""
