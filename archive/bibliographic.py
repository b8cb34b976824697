"""What the words of an entry tell: whether they name a work, as a bibliography does, and how surely."""

import re
from functools import lru_cache

# Each is a sign of its own kind; prose has one now and then, an entry of a bibliography nearly always two.
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        # a year or a whole date
        r"(?<!\d)(?:1[89]|20)\d\d(?!\d)",
        # pages, volume and issue
        r"(?i:\bpp?\.\s?\d|\bs\.\s?\d|\bbls?\.|\bvol\.|\bno\.\s?\d|\bbox \d)|\b\d{1,3}\s?\(\d{1,3}\)"
        r"|\d+\s?[–-]\s?\d+\s*(?:[.,;)。]|$)|\d\s*(?:頁|ページ|页|쪽|面|면|巻|卷|号|期|권|호)",
        # titles
        r"[『《〈“«„「].{2,}?[』》〉”»“」]|\".{4,}?\"",
        # persons: "Lund, F.", "F. Lund", "Lund 2022", "et al."
        r"^[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?, (?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][a-zß-ÿ]+[.,;])"
        r"|^[A-Z]\. ?(?:[A-Z]\. ?)*[A-ZÀ-Þ][a-zß-ÿ]|\bet al\b|\bu\. a\.|^[A-ZÀ-Þ][\w'’-]+ (?:1[89]|20)\d\d"
        r"|[一-鿿]{1,4}[，,、] ?[一-鿿]{2,4}[.．，,]|ほか[.．、]|等[.．]",
        # publishers and kinds of works
        r"(?i:\b(?:press|verlag|éditions|publishers|journal|proceedings|transactions|letters|review|handbook)\b"
        r"|\b(?:zeitschrift|revue|thesis|dissertation|preprint|manuscript|memorandum|minutes|report|archive)\b"
        r"|\b(?:in:|hrsg|eds?\.|aufl\.|éd\.|university|univ\.))|\[[JMCDRNPZSAB](?:/OL)?\]|\bEB/OL\b"
        r"|出版|書房|新聞|学報|学会|大学|論文|编|編著?|版|학회|출판|논문",
        # when and how it was read
        r"(?i:\b(?:accessed|retrieved|abgerufen|consulté|isbn|issn|doi|arxiv|unpublished|unveröffentlicht|inédit)\b)"
        r"|閲覧|访问|접속|未公開|未公开|미공개|비공개",
        # what was said or sent
        r"(?i:\b(?:interview|conversation|gespräch|entretien|communication)\b)"
        r"|(?i:\b(?:press release|pressemitteilung|communiqué)\b)"
        r"|取材|インタビュー|采访|인터뷰|보도자료|プレスリリース|新闻稿|発表資料",
    )
)
_SENTENCE = re.compile(
    r"(?:です|ます|ました|でした|ください|だった|である|した|という|いる|습니다|입니다|했다|한다|된다|이다|吧|了)[。.!！]?\s*$"
)
_LONGEST = 400


@lru_cache(maxsize=256)  # several rules ask about one entry
def n_signs(text: str) -> int:
    """Return how many signs of a cited work *text* shows: year, pages, quoted title, persons, publisher, reading date.

    None of them is sure alone. A sentence shows none, nor does a text too long for an entry.
    """
    if len(text) > _LONGEST or _SENTENCE.search(text):
        return 0
    return sum(1 for sign in _SIGNS if sign.search(text))
