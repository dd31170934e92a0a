"""What is wrong with a problem (逐项校验): read field by field, so that every fault has its path. Nothing is built here."""

from __future__ import annotations

from typing import Any

from admissions.allocation.reader import Fault, Reader, join
from admissions.allocation.ties import DEFAULT_CHAIN, FLAGS, LOTTERY

TRANSFER_RULES = ("none", "unfilled_nonshortage_to_shortage")
GEOGRAPHIES = ("same", "same_or_adjacent", "any")
CONSENTS = ("province", "wishes_only")
CANDIDATE = ("id", "choices", "accept_adjust", "eligible", "county", "lottery", "scores")
PERSON = ("id", "prefecture", "geo", "eligible", "county", "consent", "wishes", "lottery", "score")
ALWAYS_KNOWN = ("written", "interview")


def faults(data: Any) -> list[Fault]:
    """Every fault of a problem of either kind; none for a sound one."""
    reader = Reader()
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(data, dict):
        reader.fault("", "应为一个对象")
    elif kind == "base-admission":
        _base_admission(data, reader)
    elif kind == "provincial-reallocation":
        _reallocation(data, reader)
    else:
        reader.fault("kind", "应为 base-admission 或 provincial-reallocation")
    return reader.faults


def _base_admission(data: dict[str, Any], reader: Reader) -> None:
    top = reader.mapping(data, "", ("kind", "specialties", "policy", "applicants"))
    if top is None:
        return
    chain: tuple[str, ...] = DEFAULT_CHAIN
    policy = reader.mapping(top["policy"], "policy", ("transfer",), ("tie_chain", "labels"))
    if policy:
        reader.one_of(policy["transfer"], "policy.transfer", TRANSFER_RULES)
        chain = _tie_chain(policy, reader)
        _labels(policy, chain, reader)
    codes = [
        code
        for path, item in reader.items(top["specialties"], "specialties")
        if (code := _specialty(item, path, reader))
    ]
    _once(reader, "specialties", "code", top["specialties"])
    known = frozenset(codes)
    for path, item in reader.items(top["applicants"], "applicants"):
        _candidate(item, path, known, chain, reader)
    _once(reader, "applicants", "id", top["applicants"])
    _once(reader, "applicants", "lottery", top["applicants"])


def _tie_chain(policy: dict[str, Any], reader: Reader) -> tuple[str, ...]:
    """The tie chain to read the scores by; the default when none is given, or none that can be used."""
    path = "policy.tie_chain"
    if "tie_chain" not in policy:
        return DEFAULT_CHAIN
    before = len(reader.faults)
    chain = reader.texts(policy["tie_chain"], path)
    if len(reader.faults) == before:
        if LOTTERY not in chain:
            reader.fault(path, "最后一项应为 lottery（抽签），否则同分时可能无法决定先后")
        elif chain[-1] != LOTTERY:
            reader.fault(f"{path}[{chain.index(LOTTERY)}]", "lottery（抽签）只能是最后一项")
        if "total" in chain:
            reader.fault(f"{path}[{chain.index('total')}]", "总成绩总是最先比较，不写在同分次序里")
    return chain if len(reader.faults) == before else DEFAULT_CHAIN


def _labels(policy: dict[str, Any], chain: tuple[str, ...], reader: Reader) -> None:
    for key, label in reader.free_mapping(policy.get("labels", {}), "policy.labels").items():
        reader.text(label, join("policy.labels", key))
        if key not in chain or key in (*FLAGS, LOTTERY):
            reader.fault(join("policy.labels", key), "同分次序中没有这个考核科目")


def _specialty(item: Any, path: str, reader: Reader) -> str:
    """Returns the code, "" when there is none."""
    row = reader.mapping(item, path, ("code", "shortage", "quota", "capacity", "transfer_rank"))
    if row is None:
        return ""
    code = reader.text(row["code"], join(path, "code"))
    shortage = reader.flag(row["shortage"], join(path, "shortage"))
    quota = reader.whole(row["quota"], join(path, "quota"))
    capacity = reader.whole_or_none(row["capacity"], join(path, "capacity"))
    rank = reader.whole_or_none(row["transfer_rank"], join(path, "transfer_rank"))
    if capacity is not None and capacity < quota:
        reader.fault(join(path, "capacity"), f"培训容量 {capacity} 小于计划 {quota}，请先核对计划")
    if not shortage and rank is not None:
        reader.fault(join(path, "transfer_rank"), "非紧缺专业没有调剂顺序，应为 null")
    return code


def _candidate(item: Any, path: str, known: frozenset[str], chain: tuple[str, ...], reader: Reader) -> None:
    row = reader.mapping(item, path, (*CANDIDATE, *_flags_needed(chain)), FLAGS)
    if row is None:
        return
    reader.text(row["id"], join(path, "id"))
    choices = reader.texts(row["choices"], join(path, "choices"))
    adjusts = reader.flag(row["accept_adjust"], join(path, "accept_adjust"))
    eligible = frozenset(reader.texts(row["eligible"], join(path, "eligible")))
    _flags(row, path, reader)
    reader.whole(row["lottery"], join(path, "lottery"))
    _all_known(reader, join(path, "choices"), row["choices"], known, "专业")
    _all_known(reader, join(path, "eligible"), row["eligible"], known, "专业")
    scores = join(path, "scores")
    given = reader.free_mapping(row["scores"], scores)
    for code, marks in given.items():
        if code not in known:
            reader.fault(join(scores, code), f"没有「{code}」这个专业")
        else:
            _score(marks, join(scores, code), chain, reader)
    needed = eligible if adjusts else eligible.intersection(choices)
    for code in sorted(needed & known):
        if code not in given:
            reader.fault(join(scores, code), "缺少成绩：该专业参加排序，必须有成绩")


def _score(item: Any, path: str, chain: tuple[str, ...], reader: Reader) -> None:
    marks = tuple(key for key in chain if key not in (*FLAGS, LOTTERY))
    row = reader.mapping(item, path, ("total", *marks), ALWAYS_KNOWN)
    if row is not None:
        for key, value in row.items():
            if key in ("total", *marks, *ALWAYS_KNOWN):
                reader.whole(value, join(path, key))


def _reallocation(data: dict[str, Any], reader: Reader) -> None:
    top = reader.mapping(data, "", ("kind", "adjacent", "programmes", "applicants"), ("policy",))
    if top is None:
        return
    policy = reader.mapping(top.get("policy", {}), "policy", (), ("tie_chain", "labels", "county_first"))
    chain = _tie_chain(policy, reader) if policy else DEFAULT_CHAIN
    _labels(policy or {}, chain, reader)
    reader.flag((policy or {}).get("county_first", True), "policy.county_first")
    adjacent = {
        reader.text(place, join("adjacent", place)): reader.texts(neighbours, join("adjacent", place))
        for place, neighbours in reader.free_mapping(top["adjacent"], "adjacent").items()
    }
    for place, neighbours in adjacent.items():
        for neighbour in sorted(neighbours):
            if place not in adjacent.get(neighbour, ()):
                reader.fault(
                    join("adjacent", place), f"「{place}」与「{neighbour}」相邻，但「{neighbour}」一行没有「{place}」"
                )
    ids = [
        name for path, item in reader.items(top["programmes"], "programmes") if (name := _programme(item, path, reader))
    ]
    _once(reader, "programmes", "id", top["programmes"])
    known = frozenset(ids)
    for path, item in reader.items(top["applicants"], "applicants"):
        _person(item, path, known, chain, reader)
    _once(reader, "applicants", "id", top["applicants"])
    _once(reader, "applicants", "lottery", top["applicants"])


def _programme(item: Any, path: str, reader: Reader) -> str:
    """Returns the id, "" when there is none."""
    row = reader.mapping(item, path, ("id", "base", "specialty", "prefecture", "shortage", "seats"))
    if row is None:
        return ""
    for key in ("base", "specialty", "prefecture"):
        reader.text(row[key], join(path, key))
    reader.flag(row["shortage"], join(path, "shortage"))
    reader.whole(row["seats"], join(path, "seats"))
    return reader.text(row["id"], join(path, "id"))


def _person(item: Any, path: str, known: frozenset[str], chain: tuple[str, ...], reader: Reader) -> None:
    row = reader.mapping(item, path, (*PERSON, *_flags_needed(chain)), FLAGS)
    if row is None:
        return
    _all_known(reader, join(path, "wishes"), row["wishes"], known, "专业基地")
    reader.text(row["id"], join(path, "id"))
    reader.text(row["prefecture"], join(path, "prefecture"))
    reader.one_of(row["geo"], join(path, "geo"), GEOGRAPHIES)
    # Specialties nobody has seats left in are normal here, so `eligible` is not checked against the programmes.
    reader.texts(row["eligible"], join(path, "eligible"))
    _flags(row, path, reader)
    reader.one_of(row["consent"], join(path, "consent"), CONSENTS)
    reader.texts(row["wishes"], join(path, "wishes"))
    reader.whole(row["lottery"], join(path, "lottery"))
    _score(row["score"], join(path, "score"), chain, reader)


def _flags_needed(chain: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item for item in chain if item in FLAGS and item != "county")


def _flags(row: dict[str, Any], path: str, reader: Reader) -> None:
    for flag in FLAGS:
        if flag in row:
            reader.flag(row[flag], join(path, flag))


def _all_known(reader: Reader, path: str, codes: Any, known: frozenset[str], what: str) -> None:
    for index, code in enumerate(codes if isinstance(codes, list) else ()):
        if isinstance(code, str) and code and code not in known:
            reader.fault(f"{path}[{index}]", f"没有「{code}」这个{what}")


def _once(reader: Reader, path: str, key: str, rows: Any) -> None:
    """No value twice among the rows as given, so that the paths stay right even when some rows cannot be read."""
    first: dict[Any, int] = {}
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        value = row.get(key) if isinstance(row, dict) else None
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            continue
        if value in first:
            reader.fault(f"{path}[{index}].{key}", f"「{value}」与第 {first[value] + 1} 条重复")
        else:
            first[value] = index
