"""Whatever is asked, in a path or a query string: 200, a redirect, 400, 403 for SQL, or 404; never a fault of ours."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.publish.site import make_datasette

# Datasette 0.65.5 leaves coroutines behind when a table page is refused half-way.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <coroutine object"),
]
SEGMENTS = """
archive articles articles.json articles.csv citations article cited source - search search.json search.atom saved 1
2.json nope cited_sources most_cited_publishers.csv runs static archive.css .. . articles_fts feed.json sitemap.xml
sitemap-1.xml sitemap-999999999.xml robots.txt llms.txt opensearch.xml latest.atom latest.csv search.csv cited.atom
hyper.ai.csv hyper.ai.json 1.bib 2.ris 1.csl.json sources sources.csv sources.bib state changes graph graph.json
timeline 2025-11 2025-11.atom 2025-13.json pictures survival.csv runs about 9223372036854775808
"""
NAMES = """
q lang page source kind ui _format since until month cites like order spellings raw url sql _facet _facet_array
_facet_date _facet_size _sort _sort_desc _next _search _searchmode _search_title _size _shape _where _col _nocol _labels
_label _json _stream _dl _header _nl _through _trace _timelimit _ttl _nofacet _nocount _nosuggest _blob_column
_blob_hash _extra id title id__in title__contains published_at__date authors__arraycontains id__gt title__isnull words
_fts_table _fts_pk _rowid
"""
VALUES = """
1 -1 0 on off title id [ {} [1,2] 999999999999999999999999999999 a,b ~00 * " max array arrayfirst object objects null
1e999 nan ["a"] {"a":1}
"""
LONG_VALUES = ["select 1", "select zeroblob(1e9)", "", "x" * 3000]
segments = st.one_of(st.sampled_from(SEGMENTS.split()), st.text(max_size=8))
names = st.one_of(st.sampled_from(NAMES.split()), st.text(max_size=8))
values = st.one_of(st.sampled_from([*VALUES.split(), *LONG_VALUES]), st.text(max_size=20), st.binary(max_size=6))


def escaped(value):
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in b"_.-abcdefghijklmnopqrstuvwxyz019" else f"%{byte:02X}" for byte in data)


@pytest.fixture(scope="module")
def ask(config):
    datasette = make_datasette(config)
    with asyncio.Runner() as runner:
        yield lambda path: runner.run(datasette.client.request("GET", path, avoid_path_rewrites=True))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.lists(segments, max_size=4), arguments=st.lists(st.tuples(names, values), max_size=4))
def test_every_address_is_answered(ask, path, arguments):
    query = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in arguments)
    answer = ask(f"/{'/'.join(map(escaped, path))}{'?' if query else ''}{query}")
    assert answer.status_code in (200, 301, 302, 400, 403, 404)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not answer.headers.get("location", "/").startswith(("//", "/\\"))
