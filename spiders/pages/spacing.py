"""Blanks that a machine forced into text: between the characters of a Chinese word, around an apostrophe."""

import re

_WIDE = "\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uffef"
_HAN = "\u3001-\u301f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff1f"
# Three single Chinese characters or more, each parted from the next: nobody writes so; two may be a list (東 西).
_FORCED = re.compile(rf"(?:(?<=[{_HAN}]) )?(?<![{_WIDE}])[{_HAN}](?: [{_HAN}]){{2,}}(?![{_WIDE}])(?: (?=[{_HAN}]))?")
_AFTER_OPENING = re.compile("(?<=[「『《（【〈]) | (?=[」』》）】〉])")
_APOSTROPHE = re.compile(r"(?<=\w) (?=[’'] ?(?:s|t|re|ll|ve|d|m)\b)|(?<=\w [’']) (?=(?:s|t|re|ll|ve|d|m)\b)")


def without_forced_blanks(text: str) -> str:
    """Return *text* without the blanks that a translation machine put into words; others stay.

    Seen in titles of hyper.ai (SITES 1.3).

    >>> without_forced_blanks("Anthropic 就「 供 应 链 风 险 」标签起诉 国 防 部")
    'Anthropic 就「供应链风险」标签起诉国防部'
    >>> without_forced_blanks("Apple ’ s port"), without_forced_blanks("東 西 の港"), without_forced_blanks("AI と 港")
    ('Apple’s port', '東 西 の港', 'AI と 港')
    """
    if " " not in text:
        return text
    joined = _FORCED.sub(lambda found: found[0].replace(" ", ""), text)
    return _APOSTROPHE.sub("", joined if joined == text else _AFTER_OPENING.sub("", joined))
