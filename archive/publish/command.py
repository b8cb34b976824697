"""`archive serve`: the published site on one address, until interrupted."""

import contextlib
import errno
import multiprocessing
import os
import socket
import sys
import threading
import time
from dataclasses import replace
from typing import Any

import click

from archive.errors import ArchiveError
from archive.options import common
from archive.settings import Config, checked


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--title", metavar="TEXT", help="Name of the site (default: the setting title).")
@click.option("--public-url", metavar="URL", help="Where readers reach it behind a proxy, prefix included.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="One a core serves most.")
@click.option("--open", "open_browser", is_flag=True, help="Open it in the browser.")
@common
def serve(config: Config, host: str, port: int, processes: int, open_browser: bool, **settings: str | None) -> None:
    """Publish the archive: search, reading pages, tables.

    Every table also as JSON and CSV.

    The file is opened read-only; a crawl may go on meanwhile, and a file that takes its place is served from then on.
    """
    given: dict[str, Any] = {name: value for name, value in settings.items() if value}
    run_server(checked(replace(config, **given)), host=host, port=port, processes=processes, open_browser=open_browser)


def run_server(config: Config, *, host: str, port: int, processes: int = 1, open_browser: bool = False) -> None:
    """Print the address of the site for config.db and serve it until interrupted, by so many processes.

    Raises SchemaError or StoreError for a file that cannot be published, ArchiveError when *host* and *port* cannot
    be had (in use, no such address).
    """
    from archive.publish.site import make_datasette

    make_datasette(config)
    listener = _listen(host, port)
    helpers = [_start_helper(config, listener) for _ in range(processes - 1)]
    address = f"http://{_in_address(host)}:{listener.getsockname()[1]}/"
    click.echo(f"{config.title}: {address}   (Ctrl-C ends it)")
    if open_browser:
        click.launch(address)
    try:
        _serve_on(config, listener)
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        for process in helpers:
            process.terminate()
        for process in helpers:
            process.join()


def _serve_on(config: Config, listener: socket.socket) -> None:
    import uvicorn
    from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

    from archive.publish.site import make_datasette
    from archive.publish.stock import limit_memory

    limit_memory(sqlite3)
    sys.setswitchinterval(0.001)  # threads that search let the one that answers have its turn sooner
    app = make_datasette(config).app()
    server: Any = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, proxy_headers=False))
    server.run(sockets=[listener])


def _start_helper(config: Config, listener: socket.socket) -> Any:
    """Return a further process that serves on *listener*; it ends with this one, or when it is told to."""
    helper = multiprocessing.get_context("fork").Process(
        target=_help, args=(config, listener, os.getpid()), daemon=True
    )
    helper.start()
    return helper


def _help(config: Config, listener: socket.socket, parent: int) -> None:
    def follow() -> None:  # a parent that was killed ends nobody
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=follow, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        _serve_on(config, listener)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sets TCP_NODELAY: else each answer on a kept connection waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ArchiveError(f"port {port} on {host} is in use; choose another with --port, or --port 0") from error
        raise ArchiveError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    return listener


def _in_address(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  (a name to show, not one to bind)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
