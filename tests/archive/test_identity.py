"""What an address names: kind, DOI and arXiv number from host and path alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.identity import arxiv_in, doi_in, identify
from archive.model import CitedKind


@pytest.mark.parametrize(
    ("url", "kind", "doi", "arxiv_id"),
    [
        ("https://arxiv.org/abs/2509.12345v2", "arxiv", None, "2509.12345"),
        ("https://arxiv.org/pdf/2509.12345", "arxiv", None, "2509.12345"),
        ("https://arxiv.org/pdf/2509.12345.pdf", "arxiv", None, "2509.12345"),
        ("https://arxiv.org/html/2509.12345v1", "arxiv", None, "2509.12345"),
        ("https://arxiv.org/abs/hep-th/9901001", "arxiv", None, "hep-th/9901001"),
        ("https://export.arxiv.org/abs/2509.12345", "arxiv", None, "2509.12345"),
        ("https://doi.org/10.48550/arXiv.2509.12345", "arxiv", "10.48550/arxiv.2509.12345", "2509.12345"),
        ("https://www.alphaxiv.org/abs/2509.12345", "arxiv", None, "2509.12345"),
        ("https://huggingface.co/papers/2509.12345", "arxiv", None, "2509.12345"),
        ("https://hyper.ai/ja/papers/2211.12232#code", "internal", None, "2211.12232"),
        ("https://hyper.ai/cn/papers/DSpark", "internal", None, None),
        ("https://next.hyper.ai/en/papers/2606.14249/pdf", "internal", None, "2606.14249"),
        ("https://orion.hyper.ai/datasets/32992", "internal", None, None),
        ("https://app.hyper.ai/console/public/tutorials/abc?utm_source=x", "internal", None, None),
        ("https://www.science.org/doi/10.1126/science.a1 #access-options", "journal", "10.1126/science.a1", None),
        ("https://www.frontiersin.org/articles/10.3389/f.2023.1/full#body-ref-B4", "journal", "10.3389/f.2023.1", None),
        ("https://go.hyper.ai/H4JhR", "internal", None, None),
        ("https://arxiv.org/list/cs.AI/recent", "other", None, None),
        ("https://dx.doi.org/10.1000/ABC.1", "doi", "10.1000/abc.1", None),
        ("https://doi.org/10.1000%2Fabc.1", "doi", "10.1000/abc.1", None),
        ("https://www.nature.com/articles/s41586-000-00001-2", "journal", "10.1038/s41586-000-00001-2", None),
        ("https://onlinelibrary.wiley.com/doi/full/10.1002/x.1", "journal", "10.1002/x.1", None),
        ("https://www.biorxiv.org/content/10.1101/2024.01.02.5v1.full", "journal", "10.1101/2024.01.02.5", None),
        ("https://academic.oup.com/nar/article/doi/10.1093/nar/gk1/5998389", "journal", "10.1093/nar/gk1", None),
        ("https://www.sciencedirect.com/science/article/pii/S1?via%3Dihub", "journal", None, None),
        ("https://journal.example/article/10.5555/q1", "journal", "10.5555/q1", None),
        ("https://openreview.net/pdf?id=abc", "conference", None, None),
        ("https://proceedings.neurips.cc/paper/2017/hash/a.html", "conference", None, None),
        ("https://github.com/someone/some-model", "repository", None, None),
        ("https://huggingface.co/someone/some-model", "repository", None, None),
        ("https://x.com/someone/status/1", "post", None, None),
        ("https://mp.weixin.qq.com/s/abc", "post", None, None),
        ("https://youtu.be/abc", "video", None, None),
        ("https://sacra.com/c/xai/", "statistics", None, None),
        ("https://numbers.example/statistics/chatbots", "statistics", None, None),
        ("https://www.vellum.ai/llm-leaderboard", "statistics", None, None),
        ("https://www.europarl.europa.eu/doceo/document/E-10-2025-000001_EN.html", "government", None, None),
        ("https://www.meti.go.jp/a.pdf", "government", None, None),
        ("https://lab.example/report.PDF", "pdf", None, None),
        ("https://lab.example/previewFile?id=3&type=pdf", "pdf", None, None),
        ("https://news.example/2025/10/01/a-bet", "article", None, None),
        ("https://lab.example/blog/new-model", "article", None, None),
        ("https://news.example/", "other", None, None),
    ],
)
def test_an_address_tells_what_it_names(url, kind, doi, arxiv_id):
    found = identify(url)
    assert (found.kind, found.doi, found.arxiv_id) == (CitedKind(kind), doi, arxiv_id)


def test_form_and_version_of_the_address_are_kept():
    assert identify("http://arxiv.org/pdf/2509.12345v2?utm_source=x").url == "http://arxiv.org/pdf/2509.12345v2"


def test_what_cannot_be_asked_for_is_other_and_unchanged():
    found = identify("mailto:desk@news.example")
    assert (found.kind, found.url) == (CitedKind.OTHER, "mailto:desk@news.example")


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi:10.1000/abc.1.", "10.1000/abc.1"),
        ("(https://doi.org/10.1000/ABC(1)2)", "10.1000/abc(1)2"),
        ("Science 10.1000/abc。次の文", "10.1000/abc"),
        ("10.1 percent/a", None),
        ("no number", None),
    ],
)
def test_a_doi_is_found_in_text(text, doi):
    assert doi_in(text) == doi


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("arXiv:2509.12345", ("2509.12345", "")),
        ("arXiv preprint arXiv: 2509.12345v3 [cs.AI]", ("2509.12345", "v3")),
        ("arXiv:hep-th/9901001", ("hep-th/9901001", "")),
        ("2509.12345", None),
        ("arXiv:2513.12345", None),
    ],
)
def test_an_arxiv_number_needs_its_name(text, number):
    assert arxiv_in(text) == number


@given(st.text(max_size=80) | st.from_regex(r"https?://(doi|arxiv|nature)\.(org|com)/\S{0,40}", fullmatch=True))
def test_naming_never_raises_and_twice_is_once(text):
    found = identify(text)
    again = identify(found.url)
    assert (again.kind, again.url) == (found.kind, found.url)
    doi_in(text)
    arxiv_in(text)
