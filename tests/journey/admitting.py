"""What leads and the provincial office decide: moves of seats, runs, approvals. On the real pages."""

from __future__ import annotations

from tests.journey.pages import Walker


def move_seats(walker: Walker, source: str, target: str, seats: int) -> None:
    """Looked at first, then confirmed; more than there is to give is refused."""
    walker.open("base:moves")
    walker.choose("调出专业", source)
    walker.choose("调入专业（紧缺）", target)
    walker.fill("名额", "9")
    walker.fill("原因", "外科报名不足")
    walker.press("核对效果")
    walker.look("move-refused")
    walker.fill("名额", str(seats))
    walker.press("核对效果")
    walker.sees("还没有生效")
    walker.look("move-preview")
    walker.press("确认调整")
    walker.sees(f"已从{source}调 {seats} 个名额到{target}")
    walker.look("moved")


DRAWN = "02 11 17 20 28 31 + 05"


def commit_lottery(walker: Walker) -> str:
    """Name the public draw that will count; the commitment that everybody reads from now on."""
    walker.open("province:lottery")
    walker.fill("以哪一次公开抽签为准", "示例：报名截止后首期公开抽签")
    walker.press("公布承诺")
    walker.confirm("公布承诺？", "公布承诺")
    walker.sees("承诺已公布", "等待报名截止")
    walker.look("lottery-committed")
    return walker.fact("承诺值")


def enter_draw(walker: Walker) -> None:
    walker.open("province:lottery")
    walker.fill("公开抽签结果", DRAWN)
    walker.press("录入")
    walker.sees("须由省级另一人")


def confirm_draw(walker: Walker) -> None:
    """Typed wrong it is refused, typed again as announced it stands."""
    walker.open("province:approvals")
    walker.follow("公开抽签结果")
    walker.fill("公开抽签结果", DRAWN.replace("05", "06"))
    walker.press("复核")
    walker.sees("与录入的结果不一致")
    walker.fill("公开抽签结果", DRAWN)
    walker.press("复核")
    walker.sees("抽签已完成")
    walker.look("lottery-drawn")


def compute(walker: Walker) -> None:
    walker.open("base:admission")
    walker.look("admission")
    walker.press("运算")
    walker.titled("基地录取")


def approve(walker: Walker, route: str) -> None:
    """The second person opens the run from its own page and releases it."""
    walker.open(route)
    walker.follow("查看结果与说明")
    walker.look("to-approve")
    walker.press("批准并公布")
    walker.confirm("批准并公布？", "批准并公布")


def reallocate(walker: Walker) -> None:
    """Try first, then compute."""
    walker.open("province:reallocation")
    walker.press("试算")
    walker.sees("这是试算")
    walker.look("trial")
    walker.open("province:reallocation")
    walker.look("reallocation")
    walker.press("正式运算")
    walker.titled("省级调剂")
