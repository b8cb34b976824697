"""English words: the forms of one word (chip, chips), and Porter's stem, which related words share (chip, chippy).

A search takes the forms: universities finds university, not universal. Questions are weighed by stems.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from archive.segments import bounded

_WORD = re.compile("[a-z]{3,30}")
_VOWEL = re.compile("[aeiouy]")
# words that have no other form, or whose other forms are other words
_ALONE = frozenset(
    re.findall(
        "[a-z]+",
        "united news evening morning during nothing something anything everything always perhaps the and for "
        "are was were been being but not you all any can had has have her him his how its our out she who "
        "whom whose this that these those they them their there then than with from will would could should "
        "did does what when where which why into ",
    )
)
_NO_PLURAL = re.compile("series|species|means|.*(?:ss|us|is|ics)")
_HISSING = re.compile(".*(?:s|x|z|ch|sh)")
_SHUT = re.compile(r"[^aeiou]*(?:[aeiou]|qu[aei])[^aeiouwxy]")  # one syllable that doubles its last letter: ban, banned
_ENDS_SHUT = re.compile(r".*[^aeiou][aeiou][bdglmnprst]")
_DOUBLED = re.compile(r".*([bdgklmnprst])\1")


def forms(word: str) -> tuple[str, ...]:
    """Return *word* and the other forms it may take, as far as English is regular; some of them may be no words.

    >>> forms("bans")
    ('bans', 'ban', 'banned', 'banning')
    """
    if not _WORD.fullmatch(word) or word in _ALONE:
        return (word,)
    bases = list(_bases(word)) or [word]
    found = dict.fromkeys([word, *bases, *(form for base in bases for form in _inflected(base))])
    return tuple(form for form in found if form == word or form not in _ALONE)


def any_form(word: str) -> str:
    """Return the FTS5 expression for any form of folded *word*; bounded(word) when it is no English word.

    >>> any_form("bans")
    '("bans" OR "ban" OR "banned" OR "banning")'
    """
    found = forms(word)
    return bounded(word) if len(found) == 1 else "({})".format(" OR ".join(f'"{form}"' for form in found))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return Porter's stem of a lower-case English word."""
    return str(_porter().stemWord(word))


def _bases(word: str) -> Iterator[str]:
    """Yield what *word* may be the plural, the past or the -ing form of."""
    if word.endswith("s") and len(word) > 3 and not _NO_PLURAL.fullmatch(word):
        yield word[:-1]
        if word.endswith("ies") and len(word) > 4:
            yield f"{word[:-3]}y"
        elif word.endswith("es") and (_HISSING.fullmatch(word[:-2]) or word.endswith("oes")) and len(word) > 4:
            yield word[:-2]
    elif word.endswith("ied") and len(word) > 4:
        yield f"{word[:-3]}y"
    elif word.endswith("eed"):
        yield word[:-1]
    elif word.endswith(("ed", "ing")):
        yield from _verbs(word.removesuffix("ed").removesuffix("ing"))


def _verbs(root: str) -> Iterator[str]:
    """Yield the verbs that -ed or -ing may have been put to, with *root* before it."""
    if len(root) < 2 or not _VOWEL.search(root):
        return
    if _SHUT.fullmatch(root):  # it would have been doubled: used is of use, not of us
        yield f"{root}e"
        return
    if _DOUBLED.fullmatch(root) and len(root) > 3:
        yield root[:-1]
        if root[-1] not in "ls":
            return
    yield root
    if root[-1] not in "wxy" and not _DOUBLED.fullmatch(root):
        yield f"{root}e"


def _inflected(base: str) -> Iterator[str]:
    """Yield the plural and the verb's forms of *base*."""
    if base.endswith("y") and not _VOWEL.match(base[-2:-1] or "a"):
        yield from (f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing")
        return
    yield f"{base}es" if _HISSING.fullmatch(base) else f"{base}s"
    if base.endswith("o"):
        yield f"{base}es"
    if base.endswith("e"):
        yield from (f"{base}d", f"{base[:-1] if base[-2:-1] not in ('e', 'o', 'y') else base}ing")
        return
    if _SHUT.fullmatch(base) or _ENDS_SHUT.fullmatch(base):
        yield from (f"{base}{base[-1]}ed", f"{base}{base[-1]}ing")
    if not _SHUT.fullmatch(base):
        yield from (f"{base}ed", f"{base}ing")


@lru_cache(maxsize=1)
def _porter() -> Any:
    from snowballstemmer import stemmer  # its thirty languages are imported when a first word is stemmed

    return stemmer("porter")
