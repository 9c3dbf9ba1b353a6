"""The road from the API to the tables, and its proof."""
