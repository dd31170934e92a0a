"""Reading conditions from a policy file, with the path of whatever is wrong in them."""

from __future__ import annotations

from gme_portal.policy.conditions import ALWAYS, OPERATORS_BY_KIND, Compare, Condition, Every, Negation, Operator, Some
from gme_portal.policy.reading import Reader, is_kind
from gme_portal.policy.vocabulary import FACTS, Fact

_FORMS = ("fact", "all", "any", "not")


def read_condition(parent: Reader, key: str, codes: tuple[str, ...]) -> Condition:
    """The condition under a key; `codes` = the specialties it may name. A wrong one leaves a problem and "always"."""
    table = parent.table(key)
    return ALWAYS if table is None else _read(table, codes)


def _read(table: Reader, codes: tuple[str, ...]) -> Condition:
    forms = [form for form in _FORMS if table.has(form)]
    if len(forms) != 1:
        table.blame("", "条件须恰好写 fact、all、any、not 中的一个")
        table.names()
        return ALWAYS
    condition: Condition
    if forms == ["fact"]:
        condition = _read_compare(table, codes)
    elif forms == ["not"]:
        condition = Negation(read_condition(table, "not", codes))
    else:
        parts = tuple(_read(part, codes) for part in table.tables(forms[0]))
        condition = Every(parts) if forms == ["all"] else Some(parts)
    table.done()
    return condition


def _read_compare(table: Reader, codes: tuple[str, ...]) -> Condition:
    fact = FACTS.get(table.text("fact"))
    if fact is None:
        table.blame("fact", f"“{table.data['fact']}”不在事实词表内")
        table.names()
        return ALWAYS
    allowed = OPERATORS_BY_KIND[fact.kind]
    written = [operator for operator in allowed if table.has(operator)]
    if len(written) != 1:
        table.blame("", f"“{fact.label}”须恰好写一个比较：{'、'.join(allowed)}")
        return ALWAYS
    return Compare(fact.name, written[0], _read_value(table, fact, written[0], codes))


def _read_value(table: Reader, fact: Fact, operator: Operator, codes: tuple[str, ...]) -> object:
    if fact.kind == "flag":
        return table.flag(operator)
    if fact.kind == "number":
        return table.integer(operator, 0, 9999)
    allowed = codes if fact.name == "specialty" else tuple(fact.values)
    if operator not in ("in", "any_of"):
        return table.text(operator, allowed=allowed)
    values = table.texts(operator, allowed=allowed)
    if not values and is_kind(table.data[operator], list):
        table.blame(operator, "至少要有一个值")
    return values
