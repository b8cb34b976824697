"""A small web of invented pages, for trying the archive without a network: `archive demo`."""
