"""The served archive asked by an assistant over MCP, with the plugin of the extra `mcp`."""

import json
import re
import signal

import httpx
import pytest

from tests.archive.publish.test_command import start

pytest.importorskip("datasette_mcp", reason="pip install 'hyperai-archive[mcp]'")
PROTOCOL = "2025-06-18"
WHO = {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


@pytest.fixture(scope="module")
def ask(archive_file):
    """Return a function that sends one MCP message and gives the answer; it is in a session."""
    process = start("--db", archive_file, "--port", 0, "--public-url", "https://archive.example/")
    address = re.search(r"http://127.0.0.1:\d+/", process.stdout.readline())[0]
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": PROTOCOL}
    with httpx.Client(base_url=address, headers=headers) as client:

        def ask(method, session=True, **params):
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            if method.startswith("notifications/"):
                del message["id"]
            return client.post("-/mcp", json=message)

        client.headers["mcp-session-id"] = ask("initialize", **WHO).headers["mcp-session-id"]
        ask("notifications/initialized")
        yield ask
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


def told(answer):
    return [json.loads(part["text"]) for part in answer.json()["result"]["content"]]


def test_it_searches_and_reads_with_permanent_addresses(ask):
    hits = told(ask("tools/call", name="search_archive", arguments={"query": "資金調達"}))
    assert [hit["address"] for hit in hits] == [
        "https://archive.example/article/2",
        "https://archive.example/article/1",
    ]
    (article,) = told(ask("tools/call", name="read_article", arguments={"number": 1}))
    assert article["published_at"] == "2025-11-22"
    assert article["references"][0]["url"] == "https://stats.example/xai?year=2025&unit=usd"
    (cited,) = told(ask("tools/call", name="cited_by", arguments={"url": "https://news.example/2025/10/old"}))
    assert (cited["outcome"], cited["cited_by"][0]["address"]) == ("gone", "https://archive.example/article/1")


def test_odd_questions_are_answered(ask):
    assert told(ask("tools/call", name="read_article", arguments={"number": 999}))[0]["error"]
    assert told(ask("tools/call", name="cited_by", arguments={"url": "javascript:1"}))[0]["error"]
    assert told(ask("tools/call", name="search_archive", arguments={"query": "\x00((" * 400})) == []


def test_sql_is_for_those_who_may_and_a_guard_stands_before_it(ask):
    refused = ask("tools/call", name="execute_sql", arguments={"database": "archive", "sql": "select 1"})
    assert "permission" in refused.json()["result"]["content"][0]["text"]
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert ask("tools/list", filler="x" * 70_000).status_code == 413
