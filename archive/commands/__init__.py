"""The commands that need no crawler; thin over the rest of `archive`."""
