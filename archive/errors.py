"""Every error we raise on purpose.

ArchiveError
├── ConfigError        a setting that is unknown or cannot be used
├── StoreError         the database file cannot be used as it is
│   ├── SchemaError    a newer release wrote it, or it is no archive
│   ├── LockedError    another process holds it
│   └── TakenDownError a page that nothing may be stored of
├── CaptureError       a WARC file or record that cannot be read or written
├── AddressError       an address that we never connect to
├── WorkError          a page whose reading took too long, or ended its process
├── QueryError         a search that cannot be run
└── ExportError        a path that cannot be written
    └── ExportChoiceError  a table, format or cursor that is not there

The command line prints any of them as one line and ends with `exit_code`.
"""


class ArchiveError(Exception):
    """A failure that we can explain; its text is one line for a person."""

    exit_code = 1


class ConfigError(ArchiveError):
    """A setting is unknown, of the wrong type, or out of range; wrong usage."""

    exit_code = 2


class StoreError(ArchiveError):
    """The database file cannot be opened, read or written."""


class SchemaError(StoreError):
    """The file's schema is newer than this release, or it is not an archive at all."""


class LockedError(StoreError):
    """Another process holds what we need; the text says which."""


class TakenDownError(StoreError):
    """A page was taken down: nothing of it is stored until that is undone."""


class CaptureError(ArchiveError):
    """A WARC file or record cannot be read or written."""


class AddressError(ArchiveError):
    """An address is one that we never connect to (DESIGN section 6)."""


class WorkError(ArchiveError):
    """A job of another process that gave no result; the text says why."""


class QueryError(ArchiveError):
    """A search cannot be run as it was asked; wrong usage."""

    exit_code = 2


class ExportError(ArchiveError):
    """What is exported cannot be written where it was asked for."""


class ExportChoiceError(ExportError):
    """A table, format or cursor is not there; wrong usage."""

    exit_code = 2
