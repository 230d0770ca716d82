"""Ways to pay: one folder each, behind the small port in `port`."""
