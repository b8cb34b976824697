"""The published site: a Datasette over one archive file, opened read-only, with our pages and our headers."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datasette.app import Datasette
from datasette.plugins import pm

from archive.publish import assistant, plugin, table_search
from archive.publish.database import ArchiveDatabase
from archive.publish.metadata import DATABASE, SETTINGS, datasette_metadata
from archive.settings import Config
from archive.store import open_store

HERE = Path(__file__).parent


def make_datasette(config: Config, *, is_static: bool = False) -> Datasette:
    """Return the site for the archive config.db; its app() is the ASGI application.

    *is_static*: its pages are kept as files, so none says how long ago something was.

    Raises SchemaError or StoreError when the file is missing, no archive, or of another release.
    """
    open_store(config.db, read_only=True, create=False).close()
    for name, module in (("archive", plugin), ("archive_table_search", table_search), ("archive_assistant", assistant)):
        if not pm.is_registered(module):
            pm.register(module, name=name)
    metadata = datasette_metadata(config.title)
    own = {"title": config.title, "public_url": config.public_url, "contact": config.contact, "is_static": is_static}
    metadata["plugins"] = {"archive": own}
    if config.allow_sql:
        del metadata["databases"][DATABASE]["allow_sql"]
    datasette = Datasette(
        metadata=metadata,
        settings=SETTINGS | _place(config.public_url),
        template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))],
    )
    datasette.remove_database("_memory")
    # Databases are named for their file; a fixed name keeps every address the same wherever the file is moved.
    archive = ArchiveDatabase(datasette, path=str(Path(config.db).absolute()), is_mutable=True)
    datasette.add_database(archive, name=DATABASE)
    return datasette


def _place(public_url: str) -> dict[str, Any]:
    """Return Datasette's settings for a site that readers reach under *public_url*; "" leaves them as they are."""
    if not public_url:
        return {}
    parts = urlsplit(public_url)
    return {"base_url": f"{parts.path.rstrip('/')}/", "force_https_urls": parts.scheme == "https"}
