"""From the API to the archive: a polite client, raw pages as received, and which days are wanting."""
