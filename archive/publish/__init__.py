"""Publishing: Datasette over the archive, with pages of our own."""
