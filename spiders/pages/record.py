"""An `Article` as the JSON object that `archive extract` prints: the fields and their order are a public contract."""

from dataclasses import asdict
from typing import Any

from archive.model import Article


def article_json(article: Article) -> dict[str, Any]:
    """Return *article* as JSON values, fields in the order of the model (DESIGN section 3).

    The place of a table stays inside: the contract shows its caption and rows.
    """
    record = asdict(article)
    for table in record["tables"]:
        del table["after_paragraph"]
    return {name: _plain(value) for name, value in record.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
