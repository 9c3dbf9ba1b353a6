"""Numbers about calls: what each one means, and how it is taken over any grouping."""
