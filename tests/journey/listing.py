"""Lists of names (名册) under any notice: whoever the notice wants on one is put there by whose list it is, in the sheet its page gives out; who was
forgotten asks to be looked up."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bases.models import Specialty
from gme_portal.sheets import MEDIA_TYPE
from tests.journey.cast import Figure
from tests.journey.province import Province
from tests.journey.reader import Reader, Scan

KIND = "类别"


def hand_in(province: Province) -> None:
    """Everybody who is assigned, or has to be on a list before signing up, with base and specialty; one is forgotten."""
    left_out = forgotten(province)
    listed = [one for one in province.people if one.kind.assigned or one.kind.roster != "none"]
    of_province = [one for one in listed if one.kind.roster == "province" and one is not left_out]
    of_school = [one for one in listed if one.kind.roster != "province" and one is not left_out]
    if of_province:
        office = province.at("officer")
        office.open("/")
        office.go("学生名册")
        _import(office, "导入省级名册", of_province)
    if of_school:
        school = province.at("school")
        school.open("/")
        _import(school, "导入名册", of_school)


def forgotten(province: Province) -> Figure | None:
    """Of several people who may sign up only by a list, the last."""
    bound = [one for one in province.people if one.kind.roster != "none"]
    return bound[-1] if len(bound) > 1 else None


def ask(province: Province, figure: Figure) -> None:
    """Not on the list (名册核实): the person asks, their school confirms where the list is the school's, the office assigns the base."""
    reader, own_school = figure.reader, figure.kind.roster == "school"
    reader.sees("不在名册中")
    reader.follow("名册核实")
    reader.press("提交申请", {"为什么不在名册中": "示例：补录，名册中没有本人。"}, known=_known(figure))
    reader.sees("待院校核实" if own_school else "待省级核实")
    if own_school:
        school = province.at("school")
        school.open("/")
        school.go("名册核实")
        school.follow(figure.name)
        school.press("确认")
    office = province.at("officer")
    office.open("/")
    office.go("学生名册")
    office.follow("名册核实申请")
    office.follow(figure.name)
    name = Specialty.objects.get(pk=figure.specialty).name
    office.press("列入名册", {"培训基地": f"{figure.base.name}（", "培训专业": name})
    reader.open("/")
    reader.sees_not("不在名册中")


def _known(figure: Figure) -> dict[str, str]:
    answers = figure.answers()
    return {
        "培养院校": answers["毕业院校"],
        "所学专业": answers["所学专业"],
        "毕业时间": answers["毕业日期"],
        "定向就业州市": figure.base.prefecture.name,
    }


def _import(reader: Reader, link: str, people: Sequence[Figure]) -> None:
    """The difference is looked at before it is applied."""
    reader.follow(link)
    book = load_workbook(io.BytesIO(reader.fetch("下载模板")))
    _fill(book, book.active, people)
    out = io.BytesIO()
    book.save(out)
    (label,) = reader.asks("上传并预览")
    reader.press("上传并预览", {label: Scan("名册.xlsx", out.getvalue(), MEDIA_TYPE)})
    reader.sees(f"新增 {len(people)} 人", *(one.name for one in people))
    reader.press("导入")
    reader.sees(f"已导入：新增 {len(people)} 人", *(one.name for one in people))


def _fill(book: Workbook, sheet: Worksheet, people: Sequence[Figure]) -> None:
    """A line for each person under the headings of the template."""
    heading = next(row for row in sheet.iter_rows() if any(_plain(cell.value) == KIND for cell in row))
    columns = {_plain(cell.value): cell.column for cell in heading if cell.value}
    kinds = _offered(book, sheet, columns[KIND])
    for row, one in enumerate(people, heading[0].row + 1):
        line = {
            "姓名": one.name,
            "证件号码": one.document_number,
            KIND: next(word for word in kinds if word in (one.kind.label, *one.kind.aliases)),
            "培养院校": one.answers()["毕业院校"],
            "培训基地": one.base.name,
            "培训专业": Specialty.objects.get(pk=one.specialty).name,
        }
        for head, text in line.items():
            if head not in columns:
                continue
            sheet.cell(row, columns[head], text)


def _offered(book: Workbook, sheet: Worksheet, column: int) -> list[str]:
    """What the template lets one pick in a column."""
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and any(area.min_col == column for area in rule.sqref.ranges):
            source = rule.formula1
            if source.startswith('"'):
                return source.strip('"').split(",")
            name, _, area = source.partition("!")
            rows = book[name.strip("'")][area.replace("$", "")]
            return [str(cell.value) for row in rows for cell in row if cell.value]
    raise AssertionError("no list to pick from")


def _plain(heading: object) -> str:
    return str(heading or "").strip().rstrip("*＊ ")
