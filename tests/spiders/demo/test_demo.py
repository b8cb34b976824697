"""The demo world: built the same each time, and read as its truth file says, through `archive demo` itself."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from archive.store import Store, open_store
from archive.urls import canonical_url, surt
from archive.warc import iter_records
from spiders.demo.build import build_world
from spiders.demo.world import WORLD

NEVER_ASKED = ("vellum.ai", "169.254.169.254", "192.168.0.10")
SITE = "https://hyper.ai/"


CHROME = ("Command Palette", "Search for a command", "Console", "Featured Image", "HyperAIHyperAI", "Invented text")


def run_demo(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run `archive demo --no-serve` as a user does, in a process of its own."""
    command = [sys.executable, "-m", "archive", "demo", "--no-serve", "--dir", str(folder), *flags]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder.parent, check=False)


@pytest.fixture(scope="module")
def truth():
    return tomllib.loads((WORLD / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "world"
    done = run_demo(folder)
    assert done.returncode == 0, done.stderr
    return done, folder / "archive.db"


@pytest.fixture(scope="module")
def store(demo):
    with open_store(demo[1], read_only=True) as opened:
        yield opened


def articles(store: Store) -> dict[str, dict]:
    rows = store.connection.execute("SELECT * FROM articles WHERE kind = 'article'")
    return {row["canonical_url"]: dict(row) for row in rows}


def cited_by_url(store: Store) -> dict[str, dict]:
    return {row["surt"]: dict(row) for row in store.connection.execute("SELECT * FROM cited_sources")}


def identity(url: str) -> str:
    """Private addresses are cited too; they have an identity although nobody asks for them."""
    return surt(canonical_url(url))


def test_the_world_is_the_same_bytes_in_every_build(tmp_path):
    assert build_world(tmp_path / "one").read_bytes() == build_world(tmp_path / "two").read_bytes()


def test_every_record_of_the_world_is_a_response_that_can_be_read(tmp_path):
    exchanges = [record.exchange for record in iter_records(build_world(tmp_path), limit=1 << 20)]
    assert len({exchange.url for exchange in exchanges}) == len(exchanges) > 150
    assert all(exchange.status for exchange in exchanges)


def test_all_articles_of_the_world_are_kept_and_nothing_else_is_taken_for_one(store, truth):
    assert sorted(articles(store)) == sorted(entry["url"] for entry in truth["article"])


@pytest.mark.parametrize("field", ["title", "lang", "published_at", "published_precision", "category"])
def test_a_field_is_read_as_the_page_shows_it(store, truth, field):
    rows = articles(store)
    assert {url: row[field] for url, row in rows.items()} == {entry["url"]: entry[field] for entry in truth["article"]}


@pytest.mark.parametrize("field", ["authors", "headings"])
def test_a_list_is_read_complete_and_in_order(store, truth, field):
    rows = articles(store)
    read = {url: json.loads(row[field]) for url, row in rows.items()}
    assert read == {entry["url"]: entry[field] for entry in truth["article"]}


@pytest.mark.parametrize(
    ("table", "condition", "expected"),
    [("figures", "caption != ''", "n_captions"), ("data_tables", "1", "n_tables")],
    ids=["captions", "tables"],
)
def test_figures_and_tables_are_counted_as_written(store, truth, table, condition, expected):
    counts = f"SELECT article_id, COUNT(*) FROM {table} WHERE {condition} GROUP BY article_id"
    found = dict(tuple(row) for row in store.connection.execute(counts))
    read = {url: found.get(row["id"], 0) for url, row in articles(store).items()}
    assert read == {entry["url"]: entry.get(expected, 0) for entry in truth["article"]}


def test_no_words_of_the_page_around_it_stand_in_an_article(store):
    texts = {url: row["text"] for url, row in articles(store).items()}
    assert {(url, words) for url, text in texts.items() for words in CHROME if words in text} == set()


def test_every_reference_list_is_complete_and_in_order(store, truth):
    def printed(article_id):
        rows = store.connection.execute(
            "SELECT number, surt FROM citations WHERE kind = 'reference' AND article_id = ? ORDER BY position",
            (article_id,),
        )
        return [(row["number"], row["surt"]) for row in rows]

    def expected(entry):
        number, _, url = entry.partition(" ")
        return int(number), identity(url) if url else None

    read = {url: printed(row["id"]) for url, row in articles(store).items()}
    assert read == {entry["url"]: [expected(line) for line in entry["references"]] for entry in truth["article"]}


def test_links_in_the_text_are_kept(store, truth):
    for entry in truth["article"]:
        article_id = articles(store)[entry["url"]]["id"]
        rows = store.connection.execute(
            "SELECT surt FROM citations WHERE kind IN ('link', 'caption') AND article_id = ? ORDER BY position",
            (article_id,),
        )
        assert [row["surt"] for row in rows] == [identity(url) for url in entry.get("links", [])], entry["url"]


def test_sources_named_without_a_link_are_mentions(store, truth):
    for entry in (entry for entry in truth["article"] if "mentions" in entry):
        rows = store.connection.execute(
            "SELECT name FROM citations WHERE kind = 'mention' AND article_id = ?",
            (articles(store)[entry["url"]]["id"],),
        )
        assert set(entry["mentions"]) <= {row["name"] for row in rows}


def test_each_cited_address_has_the_outcome_it_deserves(store, truth):
    read = {key: row["outcome"] for key, row in cited_by_url(store).items()}
    assert read == {identity(entry["url"]): entry["outcome"] for entry in truth["cited"]}


def test_each_cited_address_knows_how_many_articles_cite_it(store, truth):
    read = {key: row["n_citing"] for key, row in cited_by_url(store).items()}
    assert read == {identity(entry["url"]): len(entry["cited_by"]) for entry in truth["cited"]}


@pytest.mark.parametrize("host", NEVER_ASKED)
def test_a_refused_host_gets_no_request(store, host):
    hops = store.connection.execute("SELECT status FROM captures WHERE url LIKE :host", {"host": f"%{host}%"})
    assert [row["status"] for row in hops if row["status"] is not None] == []
    asked = store.connection.execute("SELECT COUNT(*) FROM robots WHERE origin LIKE :host", {"host": f"%{host}%"})
    assert asked.fetchone()[0] == 0


def test_an_address_of_three_redirects_and_a_version_of_a_paper_stand_for_one_page(store):
    pages = {row["url"]: row["source_surt"] for row in store.connection.execute("SELECT * FROM cited_addresses")}
    direct = "https://www.morningcircuit.example/2026/01/09/chips-as-collateral/"
    assert pages["https://go.hyper.ai/Q7f2K"] == identity(direct)
    assert pages["https://arxiv.org/abs/2601.99117v2"] == identity("https://arxiv.org/abs/2601.99117")
    assert cited_by_url(store)[identity(direct)]["cited_article_id"] is not None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://denki-shimbun.example/2026/0119/gpu.html", "余る水力発電の電気を"),
        ("https://xinguangbao.example/2026-01/15/ai-guiding.htm", "已经发布的模型有九个月的过渡期"),
        ("https://sinmun.example/news/2026/01/memory-loan", "금융 당국이 아직 납품되지 않은"),
        ("https://hangang-daily.example/tech/2026/0121-hbm", "납품이 늦어지면"),
        ("https://www.whitepapers.example/regional/ai-action-plan-2026.pdf", "three assembly plants"),
    ],
    ids=["Shift_JIS in the header", "GB18030 only in a meta", "EUC-KR in the header", "gzip", "PDF"],
)
def test_a_cited_page_is_kept_as_readable_text(store, url, words):
    row = store.connection.execute("SELECT text FROM articles WHERE surt = ?", (identity(url),)).fetchone()
    assert words in row["text"]


def test_the_language_editions_of_an_article_are_one_work(store):
    rows = articles(store)
    editions = {rows[f"{SITE}{locale}/news/48355"]["work_id"] for locale in ("ja", "en", "cn", "kr", "fr", "de")}
    assert len(editions) == 1
    assert len({row["work_id"] for row in rows.values()}) == len(rows) - 5


def test_the_report_names_counts_refusals_and_a_search(demo, truth):
    output = demo[0].stdout
    n_references = sum(len(entry["references"]) for entry in truth["article"])
    for words in (
        f"HyperAI articles    {len(truth['article'])}",
        f"references          {n_references}",
        f"cited sources       {len(truth['cited'])}",
        "http://169.254.169.254/latest/meta-data/",
        "計算資源を担保に200億ドル",
        "[資金調達]",
    ):
        assert words in output
    assert demo[0].stderr == ""


@pytest.mark.parametrize("query", ["資金調達", "規制", "xAI", "Grok-4", "200億ドル"])
def test_the_financing_article_is_found(demo, query):
    from archive.search import search

    with open_store(demo[1], read_only=True) as store:
        assert f"{SITE}ja/news/48210" in [hit.url for hit in search(store, query, limit=5)]


def test_after_a_crawl_a_misspelt_word_is_put_right_at_once(store):
    """The words of the index are counted at the crawl's end, not only by `archive reindex`."""
    known = {row[0] for row in store.connection.execute("SELECT word FROM search_words")}
    assert "compiler" in known


def test_a_second_demo_in_the_same_folder_starts_anew_and_counts_the_same(tmp_path, truth):
    folder = tmp_path / "world"
    done = [json.loads(run_demo(folder, "--json").stdout) for _ in range(2)]
    assert done[0] == done[1]
    assert sum(done[0]["articles"].values()) == len(truth["article"])
    assert len(list(folder.glob("*.captures/*.warc.gz"))) == 1


def test_a_folder_with_other_files_is_left_as_it_is(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "archive.db").write_text("precious", encoding="utf-8")
    done = run_demo(folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"archive: {folder} holds other files; name an empty or new folder with --dir\n"
    assert (folder / "archive.db").read_text(encoding="utf-8") == "precious"
