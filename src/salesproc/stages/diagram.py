"""A process as a picture: Mermaid and Graphviz as text, and a Markdown table. Nothing to install."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from salesproc.rates import Rate

if TYPE_CHECKING:
    from salesproc.stages._definition import Definition
    from salesproc.stages.stage import Stage

__all__ = ["dot", "markdown_table", "mermaid"]

S = TypeVar("S", bound=str)
EdgeLabels: TypeAlias = Mapping[tuple[str, str], Rate | int | str]


def mermaid(process: "Definition[S]", *, edges: EdgeLabels | None = None) -> str:
    """The process as a Mermaid state diagram.

    Args:
        process: What to draw.
        edges: ``(from, to)`` to a count, a `Rate` or a text, written on that arrow.

    >>> from salesproc.stages import Process
    >>> sales = Process.pipeline("sales", stages=["talk"], won="won", lost="lost", to_lose=[])
    >>> print(mermaid(sales, edges={("talk", "won"): 12, ("talk", "lost"): Rate(1, 4)}))
    stateDiagram-v2
        state "talk" as s0
        state "won" as s1
        state "lost" as s2
        [*] --> s0
        s0 --> s1: win (12)
        s0 --> s2: lose (25.0%)
        s1 --> s0: reopen
        s2 --> s0: reopen
        s1 --> [*]
        s2 --> [*]
    <BLANKLINE>
    """
    keys = {str(stage.name): f"s{i}" for i, stage in enumerate(process.stages)}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_mermaid_text(name)}" as {key}' for name, key in keys.items()]
    lines += [f"    [*] --> {keys[str(name)]}" for name in process.initial]
    lines += [
        f"    {keys[a]} --> {keys[b]}: {_mermaid_text(text)}" for a, b, text in _arrows(process, edges or {})
    ]
    lines += [f"    {keys[str(stage.name)]} --> [*]" for stage in process.stages if stage.final]
    return "\n".join(lines) + "\n"


def dot(process: "Definition[S]", *, edges: EdgeLabels | None = None) -> str:
    """The process in the language of Graphviz.

    Args:
        process: What to draw.
        edges: As in `mermaid`.
    """
    lines = [f"digraph {_quoted(process.name)} {{", "    rankdir=LR;", "    node [shape=box, style=rounded];"]
    for stage in process.stages:
        attributes = " [peripheries=2]" if stage.final else ""
        lines.append(f"    {_quoted(stage.name)}{attributes};")
    lines += [
        f"    {_quoted(a)} -> {_quoted(b)} [label={_quoted(text)}];"
        for a, b, text in _arrows(process, edges or {})
    ]
    return "\n".join([*lines, "}"]) + "\n"


def markdown_table(process: "Definition[S]") -> str:
    """The process as a table with one row per stage: what it is, and where it leads under which conditions."""
    lines = ["| stage | kind | chance | limit | leads to |", "| --- | --- | --- | --- | --- |"]
    for stage in process.stages:
        ways = "; ".join(_ways(process, stage))
        chance = "" if stage.probability is None else f"{stage.probability:.0%}"
        limit = "" if stage.limit is None else _hours_or_days(stage.limit)
        cells = (stage.name, stage.kind.value.replace("_", " "), chance, limit, ways)
        lines.append("| " + " | ".join(_cell(str(cell)) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _arrows(process: "Definition[S]", labels: EdgeLabels) -> Iterator[tuple[str, str, str]]:
    pairs = {(source, one.target) for one in process.transitions for source in one.sources(process.stages)}
    strangers = [f"{source!s} to {target!s}" for source, target in labels if (source, target) not in pairs]
    if strangers:
        raise ValueError(f"process {process.name!r} has no arrow from {', from '.join(strangers)}")
    for transition in process.transitions:
        for source in transition.sources(process.stages):
            label = labels.get((source, transition.target))
            text = transition.event if label is None else f"{transition.event} ({_label(label)})"
            yield str(source), str(transition.target), text


def _hours_or_days(limit: timedelta) -> str:
    """Hours up to two days, since a limit may be in working time; days from there on."""
    hours = limit / timedelta(hours=1)
    return f"{hours:g} h" if hours <= 48 else f"{hours / 24:g} days"


def _label(value: Rate | int | str) -> str:
    if isinstance(value, Rate):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else value


def _ways(process: "Definition[S]", stage: "Stage[S]") -> Iterator[str]:
    for transition in process.transitions:
        if stage.name in transition.sources(process.stages):
            asks = " and ".join(map(str, transition.requires))
            yield f"{transition.target} by {transition.event}" + (f" (needs {asks})" if asks else "")


def _mermaid_text(text: str) -> str:
    return "".join(f"#{ord(c)};" if c in '"#;:<>{}[]|\\\n' else c for c in str(text))


def _quoted(text: str) -> str:
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _cell(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("\n", " ")
