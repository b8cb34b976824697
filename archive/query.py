"""The query language: what a person typed, read into words, phrases, alternatives, exclusions and filters.

    資金 規制               both            "chip bans"      these words in this order, in this form
    xAI OR OpenAI           either          -規制            without
    title:規制              in the title    *ドル*           also inside a longer word (ハードル)
    source:reuters.com  lang:ja  kind:source  after:2025-11  before:2025-12-24  cites:arxiv.org

Whatever cannot be read so is taken as words; no text is an error.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from archive.english import any_form
from archive.segments import bounded, fold, has_words, is_cjk, phrase, script_of

_MAX_QUERY_CHARS = 2_000  # a longer text is no query; FTS5's parser refuses expressions of depth 256 and more
_QUOTES = str.maketrans("“”„‟＂", '"' * 5)
_PART = re.compile(
    r"(?P<minus>[-－−]?)"
    r"(?:(?P<name>title|source|lang|kind|after|before|cites)[:：](?=\S))?"
    r'(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+|"))',
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?Z?)?)?)?")
_LANG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_SOURCE = re.compile(r"[\w.:-]+")
KINDS = ("article", "source")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to look for: `text` is folded, `is_exact` when it was quoted or is written like a name."""

    text: str
    is_exact: bool = False
    is_inside: bool = False
    in_title: bool = False

    def __str__(self) -> str:
        """Return the term as a person may type it."""
        quoted = f'"{self.text}"' if self.is_exact else self.text
        return f"{'title:' * self.in_title}{f'*{quoted}*' if self.is_inside else quoted}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What an article must be, apart from its words; `until` and `since` are included, `before` is not."""

    kind: str | None = None
    lang: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None
    before: str | None = None
    cites: str | None = None
    section: str | None = None
    outcome: str | None = None
    not_kind: str | None = None
    not_lang: str | None = None
    not_source: str | None = None

    def merged(self, others: "Filters") -> "Filters":
        """Return these filters, with those of *others* that are set."""
        return replace(self, **{name: value for name, value in others.named().items() if value is not None})

    def named(self) -> dict[str, str | None]:
        """Return every filter by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def is_empty(self) -> bool:
        """Say whether nothing is filtered."""
        return not any(self.named().values())


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell about how a query was taken: a text with {words} in it, and these words."""

    text: str
    words: str

    def __str__(self) -> str:
        """Return the note in English."""
        return self.text.format(words=self.words)


@dataclass(frozen=True, slots=True)
class Query:
    """One query, read: every group must occur, by any of its terms, and none of `excluded`."""

    text: str
    groups: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    filters: Filters = field(default=Filters())
    notes: tuple[Note, ...] = ()
    has_operators: bool = False

    def __str__(self) -> str:
        """Return how the query was read."""
        parts = [" OR ".join(map(str, group)) for group in self.groups]
        words = " AND ".join(f"({part})" if " OR " in part and len(parts) > 1 else part for part in parts)
        without = "".join(f" NOT {term}" for term in self.excluded)
        return " ".join(filter(None, (words + without, *self._given()))).strip()

    def typed(self) -> str:
        """Return the query as a person would type it; read_query() reads that the same way."""
        parts = [" OR ".join(map(str, group)) for group in self.groups]
        return " ".join((*parts, *(f"-{term}" for term in self.excluded), *self._given()))

    def _given(self) -> list[str]:
        names = {"since": "after", "not_kind": "-kind", "not_lang": "-lang", "not_source": "-source"}
        return [f"{names.get(name, name)}:{value}" for name, value in self.filters.named().items() if value]

    def terms(self) -> list[Term]:
        """Return every term that is looked for."""
        return [term for group in self.groups for term in group]


def read_query(text: str) -> Query:
    """Return the query that *text* means.

    >>> str(read_query('資金 "chip bans" OR xAI -規制 lang:ja'))
    '資金 AND ("chip bans" OR "xai") NOT 規制 lang:ja'
    """
    reader = _Reader()
    for match in _PART.finditer(text[:_MAX_QUERY_CHARS].translate(_QUOTES)):
        reader.take(match)
    groups = tuple(tuple(dict.fromkeys(group)) for group in reader.groups if group)
    return Query(
        text, groups, tuple(reader.excluded), Filters(**reader.filters), tuple(reader.notes), reader.has_operators
    )


def expression(query: Query, others: Callable[[Term], Sequence[str]] = lambda _: ()) -> str:
    """Return the FTS5 MATCH expression for *query*; '' when it has no words to look for.

    *others* gives other spellings of a term that count as well.

    >>> expression(read_query("資金調達 ドル -title:規制"))
    '("資金 金調 調達" AND "ドルヿ") NOT title_ngrams : "規制"'
    """
    parts = [_any(spelled for term in group for spelled in _spelled(term, others(term))) for group in query.groups]
    if not parts:
        return ""
    words = " AND ".join(parts)
    if not query.excluded:
        return words
    left = f"({words})" if len(parts) > 1 else words
    return f"{left} NOT {_any(term_expression(term) for term in query.excluded)}"


def term_expression(term: Term) -> str:
    """Return the FTS5 expression for one term."""
    if term.is_inside:
        found = phrase(term.text)
        if not is_cjk(term.text[-1]) and not found.endswith("*"):
            found += " *"
    elif term.is_exact:
        found = bounded(term.text)
    else:
        found = any_form(term.text)
    return f"title_ngrams : {found}" if term.in_title else found


def is_question(query: Query) -> bool:
    """Say whether *query* reads like a sentence, of which an article need not hold every word."""
    if query.has_operators:
        return False
    words = [term.text for term in query.terms()]
    if len(words) > 4 or (words and query.text.rstrip().endswith(("?", "？"))):
        return True
    return any(len(word) >= 8 and "hiragana" in {script_of(character) for character in word} for word in words)


def is_date(word: str) -> bool:
    """Say whether *word* is a date as stored: 2025, 2025-11, 2025-11-12, 2025-11-12T08:30Z."""
    with contextlib.suppress(ValueError):
        return bool(_DATE.fullmatch(word) and date.fromisoformat(f"{word[:10]}-01-01"[:10]))
    return False


class _Reader:
    """Takes the parts of a query one by one."""

    def __init__(self) -> None:
        self.groups: list[list[Term]] = []
        self.excluded: list[Term] = []
        self.filters: dict[str, str] = {}
        self.notes: list[Note] = []
        self.has_operators = False
        self._or_next = self._not_next = False

    def take(self, part: re.Match[str]) -> None:
        word, quoted = part["word"], part["phrase"]
        if word in ("AND", "OR", "NOT") and not part["minus"] and not part["name"]:
            self._or_next, self._not_next = word == "OR" and bool(self.groups), word == "NOT"
            return
        is_excluded = bool(part["minus"]) or self._not_next
        name = (part["name"] or "").lower()
        value = quoted if word is None else word
        if name and name != "title" and self._filter(name, value.strip(), is_excluded):
            return
        text = f"{name}:{value}" if name not in ("", "title") else value
        self._add(_term(text, is_quoted=word is None, in_title=name == "title"), is_excluded)

    def _add(self, term: Term | None, is_excluded: bool) -> None:
        if term is None:
            return
        if is_excluded:
            self.excluded.append(term)
        elif self._or_next:
            self.groups[-1].append(term)
        else:
            self.groups.append([term])
        quoted = term.is_exact and " " in term.text
        self.has_operators |= is_excluded or self._or_next or term.in_title or term.is_inside or quoted
        self._or_next = self._not_next = False

    def _filter(self, name: str, value: str, is_excluded: bool) -> bool:
        """Take a filter; say whether it makes sense."""
        if not _MEANS[name](value) or (is_excluded and name not in ("kind", "lang", "source")):
            self.notes.append(
                Note("{words} is no filter and was searched as words", f"{'-' * is_excluded}{name}:{value}")
            )
            return False
        key = {"after": "since"}.get(name, name)
        self.filters[f"not_{key}" if is_excluded else key] = value if name == "cites" else value.strip().lower()
        if name in ("after", "before"):
            self.filters[key] = value.upper()
        self._not_next = False
        return True


_MEANS: dict[str, Callable[[str], object]] = {
    "kind": lambda value: value.lower() in KINDS,
    "lang": _LANG.fullmatch,
    "source": _SOURCE.fullmatch,
    "after": is_date,
    "before": is_date,
    "cites": lambda value: "." in value,
}


def _term(text: str, *, is_quoted: bool, in_title: bool) -> Term | None:
    is_inside = not is_quoted and len(text) > 1 and (text[0] in "*＊" or text[-1] in "*＊")
    word = fold(text).strip()
    if not has_words(word):
        return None
    if is_inside:
        word = word.strip("*＊")
    return Term(" ".join(word.split()), is_quoted or (word.isascii() and _is_name(text)), is_inside, in_title)


def _is_name(text: str) -> bool:
    """Say whether *text* is written like a name (xAI, GPT, OpenAI) and so means no other form of the word."""
    return any(character.isupper() for character in text[1:])


def _spelled(term: Term, others: Sequence[str]) -> Iterable[str]:
    yield term_expression(term)
    for other in others:
        yield term_expression(replace(term, text=other, is_exact=True))


def _any(expressions: Iterable[str]) -> str:
    parts = list(dict.fromkeys(expressions))
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"
