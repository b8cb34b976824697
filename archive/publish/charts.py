"""Charts as SVG that stands in a page: drawn by pygal, without its script, styles and ids; ours colour it."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pygal
from lxml import etree
from pygal.style import Style

# pygal leaves a hook of an old form in Python's imports, for maps that we do not draw; later imports warn of it.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

SVG = "{http://www.w3.org/2000/svg}"
WIDTH, HEIGHT = 540, 300
N_LABELS, N_COLUMNS = 5, 3
# pygal measures texts by these; archive.css draws them in the same sizes.
_STYLE = Style(label_font_size=13, major_label_font_size=13, legend_font_size=13, font_family="sans-serif")
_OPTIONS: Mapping[str, Any] = {
    "style": _STYLE,
    "width": WIDTH,
    "height": HEIGHT,
    "margin": 6,
    "js": (),
    "css": (),
    "disable_xml_declaration": True,
    "legend_at_bottom": True,
    "legend_at_bottom_columns": N_COLUMNS,
    "truncate_legend": 20,
    "show_minor_x_labels": False,
    "truncate_label": -1,
}


def stacked_bars(labels: Sequence[str], series: Mapping[str, Sequence[int]], *, title: str) -> str:
    """Return bars, one a label, that are stacked of *series* (name -> a count for each label)."""
    chart = pygal.StackedBar(**{**_OPTIONS, "show_legend": len(series) > 1}, value_formatter=_count)
    chart.x_labels = list(labels)
    chart.x_labels_major = list(labels)[:: max(1, -(-len(labels) // N_LABELS))]
    chart.y_labels = _whole_steps(max((sum(counts) for counts in zip(*series.values(), strict=True)), default=0))
    for name, counts in series.items():
        chart.add(name, [count or None for count in counts])  # no bar where there is nothing
    return _cleaned(chart, title, n_names=len(series))


def falling_steps(points: Sequence[tuple[float, float]], *, title: str) -> str:
    """Return a line of steps through *points* (days, share of 1), each step at its point's day."""
    options = {**_OPTIONS, "show_minor_x_labels": True, "show_legend": False, "show_dots": False}
    chart = pygal.XY(**options, range=(0, 1), value_formatter=_share)
    chart.x_value_formatter = _count
    chart.x_labels = _whole_steps(points[-1][0] if points else 0)
    chart.y_labels = [0, 0.25, 0.5, 0.75, 1]
    corners = [corner for before, point in pairwise(points) for corner in _step(before, point)]
    chart.add("", [*points[:1], *corners])
    return _cleaned(chart, title)


def share_bars(labels: Sequence[str], series: Mapping[str, Sequence[float]], *, title: str) -> str:
    """Return bars side by side for each label, of *series* (name -> a share of 1 for each label)."""
    chart = pygal.Bar(**{**_OPTIONS, "show_minor_x_labels": True}, range=(0, 1), value_formatter=_share)
    chart.x_labels, chart.y_labels = list(labels), [0, 0.25, 0.5, 0.75, 1]
    for name, shares in series.items():
        chart.add(name, list(shares))
    return _cleaned(chart, title, n_names=len(series))


def _step(before: tuple[float, float], point: tuple[float, float]) -> list[tuple[float, float]]:
    return [(point[0], before[1]), point]


def _whole_steps(most: float) -> list[int]:
    """Return a scale from 0 that holds *most*, in at most six round steps.

    >>> _whole_steps(3), _whole_steps(41)
    ([0, 1, 2, 3], [0, 10, 20, 30, 40, 50])
    """
    step = next(digit * 10**power for power in range(12) for digit in (1, 2, 5) if most <= 6 * digit * 10**power)
    return [step * number for number in range(max(2, -(-int(most) // step) + 1))]


def _count(value: float | None) -> str:
    return f"{value or 0:,.0f}"


def _share(value: float | None) -> str:
    return f"{100 * (value or 0):.0f} %"


def _cleaned(chart: Any, title: str, *, n_names: int = 0) -> str:
    """Return the chart without anything that our policy forbids or a screen reader would stumble over.

    *n_names* is how many names stand in its legend: pygal puts it below the picture's edge.
    """
    root = chart.render_tree()
    for element in list(_unwanted(root)):
        element.getparent().remove(element)
    for element in root.iter(etree.Element):
        for name in ("style", "id", "onclick", "{http://www.w3.org/1999/xlink}title"):
            element.attrib.pop(name, None)
    legend_height = 22 * -(-n_names // N_COLUMNS) if n_names > 1 else 0
    root.set("viewBox", f"0 0 {WIDTH} {HEIGHT + legend_height}")
    root.set("role", "img")
    root.set("aria-label", title)
    root.set("class", f"chart {' '.join(root.get('class', '').split())}")
    return str(etree.tostring(root, encoding="unicode"))


def _unwanted(root: Any) -> Iterator[Any]:
    for element in root.iter():
        if not isinstance(element.tag, str):  # a comment
            yield element
            continue
        name, classes = element.tag.removeprefix(SVG), element.get("class", "").split()
        if name in ("defs", "style", "script", "title") or "tooltip" in classes or "text-overlay" in classes:
            yield element
        elif name == "desc":
            parent = element.getparent()
            if "value" in classes and parent.get("class", "").split()[:1] in (["bar"], ["bars"], ["dots"]):
                element.tag = f"{SVG}title"
                element.attrib.clear()
            else:
                yield element
