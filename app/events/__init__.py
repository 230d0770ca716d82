"""Domain events, one module per feature: frozen dataclasses of ids and primitives, nothing else."""
