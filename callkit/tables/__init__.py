"""The two tables, `calls` and `events`: made from pages, stored by day."""
