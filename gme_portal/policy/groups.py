"""Reading what a policy says about seats, scores, lists and papers: one function per table of the file."""

from __future__ import annotations

from gme_portal.policy import schema
from gme_portal.policy.citing import Citing, section
from gme_portal.policy.people import FORMATS, read_numbers
from gme_portal.policy.reading import Reader
from gme_portal.policy.shapes import CODE, COLOUR, PREFECTURE, WEB, WORD

GEOGRAPHY = ("any", "same", "same_or_adjacent")
PRIORITIES = ("fill_plan", "shortage_first", "county_first", "by_score", "own_prefecture_first")
TIE_KEYS = ("county", "licence", "own_staff", "lottery")
PUBLIC_COLUMNS = (
    "seq",
    "application_no",
    "name",
    "gender",
    "base",
    "specialty",
    "total",
    "rank",
    "person_type",
    "result",
)
ROSTER_COLUMNS = (
    *PUBLIC_COLUMNS, "id_kind", "id_number", "mobile", "email", "ethnicity", "born_on", "highest_education", "highest_degree",
    "school", "major", "graduated_on", "licence_no", "employer", "years", "reported_on", "address",
)  # fmt: skip


def read_specialties(root: Reader, citing: Citing) -> schema.SpecialtyRule:
    with section(root, "specialties") as table:
        clause, note = citing.read(table)
        names: dict[str, str] = {}
        for one in table.tables("list"):
            code, name = one.text("code", shape=CODE), one.text("name")
            if code in names or name in names.values():
                one.blame("code", f"专业 {code} {name} 重复了")
            names[code] = name
            one.done()
        aliases = table.table("aliases", required=False)
        return schema.SpecialtyRule(
            codes=tuple(names),
            names=names,
            shortage=frozenset(table.texts("shortage", allowed=tuple(names))),
            aliases={}
            if aliases is None
            else {a: aliases.text(a, allowed=tuple(names.values())) for a in aliases.names()},
            clause=clause,
            note=note,
            shortage_clause=citing.clause(table, "shortage_clause"),
        )


def read_photo(root: Reader, citing: Citing) -> schema.PhotoRule:
    with section(root, "photo") as table:
        clause, note = citing.read(table)
        rule = schema.PhotoRule(
            min_width=table.integer("min_width", 0, 10000),
            min_height=table.integer("min_height", 0, 10000),
            min_kb=table.integer("min_kb", 0, 100_000),
            max_kb=table.integer("max_kb", 0, 100_000),
            formats=table.texts("formats", allowed=FORMATS[1:]),
            background=""
            if table.data.get("background") == "" and table.has("background")
            else table.text("background", shape=COLOUR),
            min_white_share=table.share("min_white_share"),
            head_ratio=table.share("head_ratio"),
            head_is_advice=table.flag("head_is_advice"),
            clause=clause,
            note=note,
        )
        if bool(rule.background) != bool(rule.min_white_share):
            table.blame("min_white_share", 'background 与 min_white_share 须同时写，或都不要求（"" 和 0.0）')
        if rule.max_kb and rule.min_kb > rule.max_kb:
            table.blame("max_kb", f"上限 {rule.max_kb} KB 小于下限 {rule.min_kb} KB")
        return rule


def read_password(root: Reader, citing: Citing) -> schema.PasswordRule:
    if not root.has("password"):
        return schema.PasswordRule()
    with section(root, "password") as table:
        clause, note = citing.read(table)
        low, high = table.integer("min_length", 6, 64), table.integer("max_length", 6, 128)
        if low > high:
            table.blame("max_length", f"最长 {high} 位小于最短 {low} 位")
        return schema.PasswordRule(
            low, high, table.texts("requires", allowed=("letter", "digit", "special")), clause, note
        )


def read_identity(root: Reader, citing: Citing) -> schema.IdentityRule:
    with section(root, "identity") as table:
        clause, note = citing.read(table)
        kinds = ("resident_id", "hk_macao_permit", "taiwan_permit", "foreign_resident")
        return schema.IdentityRule(table.texts("accepts", allowed=kinds), clause, note)


def read_scoring(root: Reader, citing: Citing) -> schema.ScoringRule:
    with section(root, "scoring") as table:
        clause, note = citing.read(table)
        components: list[schema.Component] = []
        for one in table.tables("components"):
            component = _read_component(one)
            if any(other.key == component.key for other in components):
                one.blame("key", f"科目“{component.key}”重复了")
            components.append(component)
        checks = _read_checks(table, citing)
        ranked_by = table.text("ranked_by", default="score", allowed=("score", "overall"))
        if ranked_by == "overall" and all(one.key != "result" for one in checks):
            table.blame("checks", '由基地综合评定时，须有一项 key = "result" 的合格项，写明考核结果')
        tie_chain = table.texts("tie_chain", allowed=(*(component.key for component in components), *TIE_KEYS))
        if "tie_chain" in table.data and tie_chain[-1:] != ("lottery",):
            table.blame("tie_chain", "最后一项须为 lottery（抽签），同分才总能分出先后")
        weight = sum(component.weight for component in components)
        if components and weight != 100:
            table.blame("components", f"各科权重相加为 {weight}%，应为 100%")
        return schema.ScoringRule(
            components=tuple(components),
            decided_by=table.text("decided_by", allowed=("base", "province")),  # type: ignore[arg-type]
            tie_chain=tie_chain,
            precision=table.integer("precision", 0, 2),
            clause=clause,
            note=note,
            ranked_by=ranked_by,  # type: ignore[arg-type]
            checks=checks,
        )


def _read_checks(scoring: Reader, citing: Citing) -> tuple[schema.PassCheck, ...]:
    found: list[schema.PassCheck] = []
    for table in scoring.tables("checks", required=False):
        clause, note = citing.read(table)
        one = schema.PassCheck(table.text("key", shape=WORD), table.text("label"), clause, note)
        if any(other.key == one.key for other in found):
            table.blame("key", f"合格项“{one.key}”重复了")
        found.append(one)
        table.done()
    return tuple(found)


def _read_component(table: Reader) -> schema.Component:
    full_mark = table.integer("full_mark", 1, 1000) * 100
    minimum = table.integer("minimum", 0, full_mark // 100) * 100 if table.has("minimum") else None
    key, label = table.text("key", shape=WORD), table.text("label")
    run_by = table.text("run_by", default="base", allowed=("base", "province"))
    component = schema.Component(key, label, full_mark, table.integer("weight", 0, 100), minimum, run_by)  # type: ignore[arg-type]
    table.done()
    return component


def read_quota_moves(root: Reader, citing: Citing) -> schema.QuotaMoveRule:
    with section(root, "quota_moves") as table:
        clause, note = citing.read(table)
        allowed = table.flag("allowed")
        direction = table.text("direction", allowed=("none", "other_to_shortage"))
        if allowed == (direction == "none"):
            table.blame("direction", "与 allowed 矛盾：不许调整时写 none，允许时写明方向")
        increase = table.text("increase", default="none", allowed=("none", "province_within_capacity"))
        return schema.QuotaMoveRule(allowed, direction, clause, note, increase)  # type: ignore[arg-type]


def read_columns(table: Reader, known: tuple[str, ...]) -> tuple[schema.Column, ...]:
    columns: list[schema.Column] = []
    for one in table.tables("columns"):
        column = schema.Column(one.text("key", allowed=known), one.text("label"))
        if any(other.key == column.key for other in columns):
            one.blame("key", f"列“{column.key}”重复了")
        columns.append(column)
        one.done()
    return tuple(columns)


def read_publicity(root: Reader, citing: Citing) -> schema.PublicityRule:
    with section(root, "publicity") as table:
        clause, note = citing.read(table)
        kind = table.text("kind", allowed=("calendar", "working"))
        columns = read_columns(table, PUBLIC_COLUMNS)
        return schema.PublicityRule(table.integer("days", 1, 60), kind, columns, clause, note)  # type: ignore[arg-type]


def read_reallocation(root: Reader, citing: Citing, types: tuple[str, ...]) -> schema.ReallocationRule:
    with section(root, "reallocation") as table:
        clause, note = citing.read(table)
        by_type = table.table("geography_by_type", required=False)
        if by_type is not None:
            for name in by_type.names():
                if name not in types:
                    by_type.blame(name, f"没有人员类型“{name}”")
        return schema.ReallocationRule(
            enabled=table.flag("enabled"),
            priority=table.texts("priority", allowed=PRIORITIES),
            geography=table.text("geography", allowed=GEOGRAPHY),
            clause=clause,
            note=note,
            geography_by_type={}
            if by_type is None
            else {n: by_type.text(n, allowed=GEOGRAPHY) for n in by_type.names()},
            adjacent=_read_adjacent(table),
            when_needed=table.flag("when_needed", default=False),
        )


def _read_adjacent(table: Reader) -> dict[str, frozenset[str]]:
    """Prefecture → its neighbours; what is a neighbour one way must be one the other way."""
    map_ = table.table("adjacent", required=False)
    if map_ is None:
        return {}
    adjacent = {name: frozenset(map_.texts(name)) for name in map_.names()}
    for name, neighbours in adjacent.items():
        wrong = [one for one in sorted({name, *neighbours}) if not PREFECTURE.fits(one)]
        if wrong:
            map_.blame(name, f"“{'、'.join(wrong)}”不是州市代码（GB/T 2260 前四位）")
        for other in sorted(neighbours - set(wrong)):
            if name not in adjacent.get(other, frozenset()):
                map_.blame(name, f"{name} 与 {other} 相邻，但 {other} 一行没有 {name}")
    return adjacent


def read_report_in(root: Reader, citing: Citing) -> schema.ReportInRule:
    with section(root, "report_in") as table:
        clause, note = citing.read(table)
        late, agreement = table.integer("late_days", 0, 60), table.integer("agreement_days", 0, 60, default=0)
        return schema.ReportInRule(late, table.text("effect"), clause, note, agreement)


def read_bans(root: Reader, citing: Citing) -> tuple[schema.BanRule, ...]:
    found = []
    for table in root.tables("bans"):
        clause, note = citing.read(table)
        trigger = table.text("trigger", allowed=("fraud", "no_show", "withdrawal"))
        programme = table.text("programme", allowed=("residency", "assistant_gp"))
        years = table.integer("years", 0, 10)
        found.append(schema.BanRule(trigger, programme, years, table.text("effect"), clause, note))  # type: ignore[arg-type]
        table.done()
    return tuple(found)


def read_roster(root: Reader, citing: Citing) -> schema.RosterRule:
    with section(root, "roster") as table:
        clause, note = citing.read(table)
        return schema.RosterRule(read_columns(table, ROSTER_COLUMNS), clause, note)


def read_contact(root: Reader, citing: Citing) -> schema.Contact:
    with section(root, "contact") as table:
        clause, note = citing.read(table)
        return schema.Contact(table.text("text"), table.text("url", shape=WEB), clause, note)


def read_form(root: Reader, citing: Citing, types: tuple[str, ...]) -> schema.FormRule:
    with section(root, "form") as table:
        clause, note = citing.read(table)
        copies, by_type = table.integer("copies", 1, 10), read_numbers(table, "copies_by_type", types)
        return schema.FormRule(table.text("title"), copies, clause, note, by_type)
