"""A province's notice is data: no Python file and no template of the product names a province, a notice or a year (issue 3).

Looked at are the constants and the names of a program, not its comments and docstrings, which cite the clause a thing comes from."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("gme_portal", "admissions", "applicants", "bases", "quotas", "templates", "manage.py")
POLICIES = sorted((ROOT / "fixtures" / "policies").glob("*.toml"))

# What stands in the product with good reason: (file, what is named) → why it is no rule of a notice.
ALLOWED: dict[tuple[str, str], str] = {
    (
        "gme_portal/policy/loader.py",
        "2014",
    ): "the earliest year that a policy may be of: residency training began then in all provinces",
    ("gme_portal/policy/calendar.py", "2000"): "an epoch that stands for a date which could not be read",
    ("gme_portal/platform/working_days.py", "2004"): "the first year that the official calendars cover",
    (
        "applicants/forms/work.py",
        "2010",
    ): "the first year in which commissioned students began; earlier is a slip of the pen",
    ("applicants/eligibility/facts.py", "2010"): "the same bound in the contract of eligibility",
    ("gme_portal/sheets/writing.py", "2000"): "a number of rows",
    ("admissions/queries/mark_sheet.py", "2000"): "a number of rows",
    ("gme_portal/accounts/models.py", "台湾"): "the name of an identity document",
    ("gme_portal/policy/describe.py", "台湾"): "the name of an identity document",
    ("gme_portal/policy/diff_words.py", "台湾"): "the name of an identity document",
    ("gme_portal/policy/vocabulary.py", "台湾"): "where somebody is from, a fact of the vocabulary",
    ("gme_portal/policy/vocabulary.py", "香港"): "where somebody is from, a fact of the vocabulary",
    ("gme_portal/policy/vocabulary.py", "澳门"): "where somebody is from, a fact of the vocabulary",
}

YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# "003 (四)2", "004 二(一)1": a clause of one of the notices. Said to people it has to come from their own.
CLAUSE = re.compile(r"(?<!\d)00\d [一二三四五六七八九十(（说附]")
# Read past: the name of the time zone, and how a date is typed, shown to who has typed it otherwise.
ZONE = "北京时间"
FORMAT = re.compile(r"(?:请写成|请按|如)[^\d，。；]{0,8}20\d\d-\d\d\S*(?: \d\d:\d\d(?::\d\d)?)?")


def _places() -> list[str]:
    """Names of provinces (GB/T 2260), long and short."""
    with (ROOT / "fixtures" / "divisions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [name for row in rows if row["level"] == "province" for name in (row["name"], row["short_name"])]


def _notices() -> list[str]:
    """First parts of the policies' ids, and whole ids."""
    return sorted({path.stem.split("-")[0] for path in POLICIES} | {"kunming"})


PLACES, NOTICES = _places(), _notices()


def named_in(text: str) -> Iterator[str]:
    """What of a text names a province, a notice, a clause or a year."""
    text = FORMAT.sub("", text.replace(ZONE, ""))
    yield from (place for place in PLACES if place in text)
    yield from (notice for notice in NOTICES if re.search(rf"(?<![a-z]){notice}(?![a-z])", text.lower()))
    yield from YEAR.findall(text)
    yield from CLAUSE.findall(text)


def found_in_python(source: str) -> list[tuple[int, str]]:
    """(line, what is named) for every constant and every name of a module; docstrings are not looked at."""
    tree = ast.parse(source)
    said = {id(node.body[0].value) for node in ast.walk(tree) if _documented(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in said:
            text = str(node.value) if isinstance(node.value, (str, int)) and not isinstance(node.value, bool) else ""
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            text = node.name.replace("_", " ")
        elif isinstance(node, ast.Name):
            text = node.id.replace("_", " ")
        elif isinstance(node, (ast.Attribute, ast.arg)):
            text = (node.attr if isinstance(node, ast.Attribute) else node.arg).replace("_", " ")
        else:
            continue
        found += [(node.lineno, named) for named in named_in(text)]
    return found


def _documented(node: ast.AST) -> bool:
    if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or not node.body:
        return False
    first = node.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def found_in_template(source: str) -> list[tuple[int, str]]:
    """(line, what is named) in a template without its comments."""
    blank = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", lambda match: "\n" * match[0].count("\n"), source, flags=re.S
    )
    return [(number, named) for number, line in enumerate(blank.splitlines(), 1) for named in named_in(line)]


def product_files() -> list[Path]:
    files: list[Path] = []
    for part in PRODUCT:
        where = ROOT / part
        files += (
            [where]
            if where.is_file()
            else sorted(path for path in where.rglob("*") if path.suffix in (".py", ".html", ".txt"))
        )
    return [path for path in files if "migrations" not in path.parts]


def test_no_file_of_the_product_names_a_province_a_notice_or_a_year() -> None:
    files = product_files()
    assert len(files) > 300
    found, met = [], set()
    for path in files:
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        for line, named in found_in_python(source) if path.suffix == ".py" else found_in_template(source):
            if (name, named) in ALLOWED:
                met.add((name, named))
            else:
                found.append(f"{name}:{line}: {named}")
    assert found == []
    assert set(ALLOWED) == met, "no longer there: take it out of the list"


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('if notice.slug == "yunnan-2025-residency": pass', "yunnan"),
        ('TITLE = "云南省住院医师规范化培训"', "云南省"),
        ('TITLE = f"{year}年湖北{track}"', "湖北"),
        ("DEADLINE = date(2025, 7, 20)", "2025"),
        ('HELP = "2024年起"', "2024"),
        ("def jilin_rules(): pass", "jilin"),
        ("rules.hubei", "hubei"),
        ('raise Refused("X", "不能修改。", "003 (六)2")', "003 ("),
    ],
)
def test_a_planted_rule_is_found(source: str, named: str) -> None:
    assert named in [one for _, one in found_in_python(source)]


def test_a_planted_template_is_found_and_a_comment_is_not() -> None:
    assert found_in_template("<p>\n云南省毕教办</p>") == [(2, "云南省"), (2, "云南")]
    assert found_in_template("{# as 云南 has it #}\n{% comment %}2025{% endcomment %}<p>{{ notice.title }}</p>") == []


def test_how_a_date_is_typed_is_no_rule() -> None:
    assert found_in_python('HINT = "请写成 2025-07-20 22:00（北京时间，当日末写 24:00）"') == []
    assert found_in_python('HINT = "请按 2025-07-20 21:59 的样子填写，2025年有效。"') == [(1, "2025")]
    assert found_in_python('HINT = "北京市"') == [(1, "北京市"), (1, "北京")]


def test_what_a_docstring_cites_is_no_rule() -> None:
    assert found_in_python('"""As 云南 2021 has it (000 五(二))."""\n\n\ndef move():\n    """003 (六)2."""\n') == []
