"""Page objects: bytes in, `Article` or `Listing` out. No network, no clock, no store."""

from spiders.pages.listings import Listing, ListingEntry, read_listing
from spiders.pages.reading import read_page

__all__ = ["Listing", "ListingEntry", "read_listing", "read_page"]
