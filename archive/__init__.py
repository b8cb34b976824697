"""What we keep and how it is read: model, store, search, export and publishing."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("hyperai-archive")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0.0.0"
