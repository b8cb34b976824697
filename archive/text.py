"""One segmenter for the index and for the query: bigrams for Chinese, Japanese and Korean, whole words for the rest.

SQLite's tokenizer cuts at blanks and punctuation, which Japanese has not. So what goes into the index is segmented
here: each CJK character becomes a token with its successor (資金調達 -> 資金 金調 調達 達), Latin and digit runs stay
whole. A word of the query becomes the phrase of the same bigrams, so two characters are found as exactly as twenty.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

SEGMENTER_VERSION = f"1/{unicodedata.unidata_version}"
"""Rule number and Unicode tables; an index made with another one must be rebuilt (archive migrate --reindex)."""

CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""The characters that are written without blanks, as the inside of a regular expression's brackets."""

_CJK_RUN = re.compile(f"[{CJK}]+")
_PLUS_NAME = re.compile(rf"(?<![^\W_{CJK}])([a-z])(\+\+|#)(?![^\W_{CJK}])")  # C++ and C# would both be indexed as c
_PLUS_WORDS = {"++": "plusplus", "#": "sharp"}
_TOKEN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_SENTENCE_END = re.compile(r"[。．！？!?]+[」』）)\"”’]*|\.(?=[\s」』）)\"”])[\"”)]*|\n+")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]")
_JOINED_WORD = re.compile(r"\S+")
_MAX_QUERY_CHARS = 2_000  # a longer text is no query; FTS5's parser refuses expressions of depth 256 and more


def normalise(text: str) -> str:
    """Return *text* as it is compared: compatibility forms folded (ＧＰＴ -> gpt, ｶﾞ -> ガ), lower case."""
    return unicodedata.normalize("NFKC", _UNPRINTABLE.sub(" ", text)).lower()


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of an article's text: what blank lines part, in order, without empty ones."""
    return [part.strip() for part in re.split(r"\n[ \t]*\n", text) if part.strip()]


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of *text*, with what ends it; together they cover the text."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def index_text(text: str) -> str:
    """Return *text* segmented for the index: tokens and punctuation, which SQLite's tokenizer reads on.

    >>> index_text("資金調達 Grok-4")
    ' 資金 金調 調達 達  grok-4'
    """
    return _CJK_RUN.sub(_spaced_bigrams, _PLUS_NAME.sub(_named, normalise(text)))


def search_terms(text: str) -> list[str]:
    """Return the tokens of *text* in order, as they stand in the index (Latin words not yet stemmed)."""
    return list(_tokens(normalise(text)))


def query_words(query: str) -> list[str]:
    """Return the words of *query*, normalised: what blanks part and holds at least one letter or digit."""
    words = _JOINED_WORD.findall(normalise(query[:_MAX_QUERY_CHARS]))
    return [word for word in words if _TOKEN.search(word)]


def match_query(query: str) -> str:
    """Return the FTS5 MATCH expression for what a person typed; '' when it holds nothing to look for.

    Each word becomes a phrase, all must occur. Operators, quotes and stars mean nothing special.

    >>> match_query('資金調達 "Grok-4')
    '"資金 金調 調達" AND "grok 4"'
    >>> match_query("東")
    '"東" *'
    """
    return " AND ".join(phrase(word) for word in query_words(query))


def phrase(word: str) -> str:
    """Return the FTS5 phrase for one word of query_words().

    The last character of a word has no successor that we know: its own token is left out, and when it is
    all there is (東, AI規), the phrase asks for tokens that begin with it.
    """
    tokens = list(_tokens(word))
    if not is_cjk(tokens[-1]):
        return f'"{" ".join(tokens)}"'
    if len(tokens) > 1 and len(tokens[-2]) > 1 and is_cjk(tokens[-2]) and tokens[-2].endswith(tokens[-1]):
        return f'"{" ".join(tokens[:-1])}"'
    return f'"{" ".join(tokens)}" *'


def script_runs(word: str) -> list[str]:
    """Return the parts of *word* that carry its meaning: runs of kanji, hangul, katakana or Latin of two and more.

    >>> script_runs("資金調達をしたxaiは")
    ['資金調達', 'xai']
    """
    runs = ["".join(run) for _, run in groupby(word, key=script_of)]
    return [run for run in runs if len(run) > 1 and script_of(run[0]) not in ("hiragana", "")]


def is_cjk(token: str) -> bool:
    """Say whether *token* begins with a character that is written without blanks."""
    return bool(_CJK_RUN.match(token))


def script_of(character: str) -> str:
    """Return 'katakana', 'hiragana', 'word' (Latin letters, digits), 'han' (other CJK) or '' for anything else."""
    if character == "ー" or "ァ" <= character <= "ヺ":
        return "katakana"
    if "ぁ" <= character <= "ゖ":
        return "hiragana"
    if is_cjk(character):
        return "han"
    return "word" if character.isalnum() else ""


def folded(text: str) -> tuple[str, Sequence[int]]:
    """Return normalise(text) without accents, and for each of its characters the place in *text* it came from.

    The places have one more entry, len(text): a match of the folded text maps back as places[start], places[end].
    """
    lowered = text.lower()
    if lowered.isascii() or (len(lowered) == len(text) and _is_plain(lowered)):
        return lowered, range(len(text) + 1)
    out: list[str] = []
    places: list[int] = []
    for start, cluster in _clusters(text):
        part = _without_accents(normalise(cluster))
        out.append(part)
        places.extend([start] * len(part))
    places.append(len(text))
    return "".join(out), places


def _is_plain(lowered: str) -> bool:
    return unicodedata.is_normalized("NFKC", lowered) and not re.search(
        r"[\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]", lowered
    )


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for place, character in enumerate(text):
        if place > start and not (unicodedata.combining(character) or character in "ﾞﾟ" or "ᅡ" <= character <= "ᇿ"):
            yield start, text[start:place]
            start = place
    if text:
        yield start, text[start:]


def _without_accents(text: str) -> str:
    if text.isascii() or is_cjk(text):
        return text
    return "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))


def _tokens(normalised: str) -> Iterator[str]:
    for run in _TOKEN.findall(_PLUS_NAME.sub(_named, normalised)):
        if is_cjk(run):
            yield from map("".join, pairwise(run))
            yield run[-1]
        else:
            yield run


def _spaced_bigrams(match: re.Match[str]) -> str:
    run = match.group()
    return f" {' '.join(map(''.join, pairwise(run)))} {run[-1]} "


def _named(match: re.Match[str]) -> str:
    return match.group(1) + _PLUS_WORDS[match.group(2)]
