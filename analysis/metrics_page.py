"""``docs/metrics.md`` from the registry: ``python -m stridelab.analysis.metrics_page > docs/metrics.md``."""

from __future__ import annotations

from stridelab.analysis.metrics import METRICS

_HEAD = """# Metrics

Made from the registry by `python -m stridelab.analysis.metrics_page > docs/metrics.md`; `stridelab explain NAME` prints
one of them. The command under each reproduces the published numbers, known answers or invariants behind it; the
examples in the docstring of each function are run too.

Samples without a usable value (NaN, or outside the plausible range of `stridelab.channels`) are left out of every
session metric and counted by `stridelab.analysis.load.count_samples`. A session metric without any
usable sample is NaN, never 0.
"""


def metrics_page() -> str:
    """The page in Markdown.

    Examples
    --------
    >>> metrics_page().splitlines()[0]
    '# Metrics'
    """
    parts = [_HEAD]
    for name, variants in METRICS.items():
        main = next(variant for variant in variants if variant.default)
        parts += [f"## {name}\n", f"{main.description} Unit: {main.unit or 'none'}.\n"]
        parts += ["| variant | formula | source | inputs | function |", "|---|---|---|---|---|"]
        for each in variants:
            named = (each.variant or "–") + (" (default)" if each.default and len(variants) > 1 else "")
            cells = (named, each.formula, each.source, ", ".join(each.inputs), f"`{each.function}`")
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        doubts = dict.fromkeys(each.uncertainty for each in variants if each.uncertainty)
        again = dict.fromkeys(each.reproduce for each in variants)
        parts += ["", *(f"Trust: {doubt}\n" for doubt in doubts), *(f"Reproduce: `{each}`\n" for each in again)]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    print(metrics_page(), end="")
