"""The published site: a Datasette over one archive file, opened read-only, with our pages and our headers."""

from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.publish import plugin, table_search
from archive.publish.metadata import DATABASE, SETTINGS, datasette_metadata
from archive.settings import Config
from archive.store import open_store

HERE = Path(__file__).parent


def make_datasette(config: Config) -> Datasette:
    """Return the site for the archive config.db; its app() is the ASGI application.

    Raises SchemaError or StoreError when the file is missing, no archive, or of another release.
    """
    open_store(config.db, read_only=True, create=False).close()
    for name, module in (("archive", plugin), ("archive_table_search", table_search)):
        if not pm.is_registered(module):
            pm.register(module, name=name)
    metadata = datasette_metadata(config.title)
    metadata["plugins"] = {"archive": {"title": config.title}}
    if config.allow_sql:
        del metadata["databases"][DATABASE]["allow_sql"]
    datasette = Datasette(
        metadata=metadata,
        settings=SETTINGS,
        template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))],
    )
    datasette.remove_database("_memory")
    # Databases are named for their file; a fixed name keeps every address the same wherever the file is moved.
    archive = ArchiveDatabase(datasette, path=str(Path(config.db).absolute()), is_mutable=True)
    datasette.add_database(archive, name=DATABASE)
    return datasette


class ArchiveDatabase(Database):  # type: ignore[misc]
    """The archive as Datasette reads it: read-only, and silent about queries that cannot run.

    Datasette counts every table for its overview, also the search index, which has no rows of its own to count.
    """

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Any:
        """Run one query; see datasette.database.Database.execute()."""
        try:
            return await super().execute(sql, params, **{**options, "log_sql_errors": False})
        except MemoryError as error:
            raise sqlite3.OperationalError("the query asked for too much memory") from error
