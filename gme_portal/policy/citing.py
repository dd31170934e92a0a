"""Sources and clauses (依据): no value without its place in a notice, and no borrowed or example value without saying so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gme_portal.policy.reading import Reader, parse_day
from gme_portal.policy.schema import Source
from gme_portal.policy.shapes import MARK

EXAMPLE = "示例"  # the clause of a value that no source gives


class Citing:
    """The sources of one policy; reads `clause` and `note` of a table and checks that they cite one of them."""

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self.sources = sources
        self._own = {source.key: source.own for source in sources}

    def read(self, table: Reader) -> tuple[str, str]:
        """(clause, note). Several places are parted by `；`. A place in a borrowed source, or `示例`, needs a note."""
        clause, note = table.text("clause"), table.text("note", default="")
        for place in filter(None, clause.split("；")):
            self._check(table, place, note)
        return clause, note

    def clause(self, table: Reader, key: str) -> str:
        """A further clause under another key, under the note of the same table."""
        clause = table.text(key)
        for place in filter(None, clause.split("；")):
            self._check(table, place, str(table.data.get("note", "")), key)
        return clause

    def _check(self, table: Reader, place: str, note: str, key: str = "clause") -> None:
        source, _, section = place.partition(" ")
        if source != EXAMPLE and source not in self._own:
            table.blame(key, f"“{place}”引用的来源没有在 sources 中列出")
        elif source != EXAMPLE and not section.strip():
            table.blame(key, f"“{place}”只写了来源，请写明条款，例如“{source} 三(二)”")
        elif not self._own.get(source, False) and not note:
            table.blame("note", f"“{place}”不是本通知的条款，请在 note 中说明为何采用")


def read_sources(root: Reader) -> tuple[Source, ...]:
    sources: list[Source] = []
    for table in root.tables("sources"):
        issued_on = table.parsed("issued_on", parse_day, "请写成 2025-06-25") if table.has("issued_on") else None
        source = Source(table.text("key", shape=MARK), table.text("name"), table.flag("own"), issued_on)
        if any(other.key == source.key for other in sources):
            table.blame("key", f"来源“{source.key}”重复了")
        sources.append(source)
        table.done()
    if sources and sum(source.own for source in sources) != 1:
        root.blame("sources", "须恰有一份来源是本通知（own = true）")
    return tuple(sources)


@contextmanager
def section(root: Reader, key: str) -> Iterator[Reader]:
    """The table of one group; an absent one is told once and then read as if its keys were all missing quietly."""
    table = root.table(key)
    if table is None:
        yield Reader({}, key, [])
        return
    yield table
    table.done()
