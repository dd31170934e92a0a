"""`manage.py policy`: checking, describing, comparing files, and storing one as somebody's draft."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gme_portal.accounts.models import Role
from gme_portal.notices.models import Notice, NoticeProposal, NoticeVersion
from tests.factories import StaffFactory
from tests.policy.conftest import FILE

BROCHURE = next((FILE.parent / "supplements").glob("*.toml"))


def run(*args: str) -> str:
    out = StringIO()
    call_command("policy", *args, stdout=out)
    return out.getvalue()


def refused(*args: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(*args)
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path, text: str) -> Callable[..., str]:
    """`file((old, new), …)`: the path of a copy with these texts replaced."""

    def write(*swaps: tuple[str, str], folder: str = "edited") -> str:
        changed = text
        for old, new in swaps:
            assert old in changed, old
            changed = changed.replace(old, new, 1)
        path = tmp_path / folder / FILE.name
        path.parent.mkdir(exist_ok=True)
        path.write_text(changed, encoding="utf-8")
        return str(path)

    return write


# check


def test_check_says_that_a_file_is_good() -> None:
    assert "可用（云南省2025年住院医师规范化培训招录（西医类）" in run("check", str(FILE))


def test_check_takes_every_policy_and_brochure_of_the_house() -> None:
    files = [str(path) for path in sorted(FILE.parent.rglob("*.toml"))]
    assert run("check", *files).count("：可用（") == len(files)


def test_check_looks_at_every_file_and_names_all_problems(tmp_path: Path, text: str) -> None:
    one, other = tmp_path / "a.toml", tmp_path / "b.toml"
    one.write_text(text.replace("max_bases = 1", "max_bases = 0"), encoding="utf-8")
    other.write_text("title = ", encoding="utf-8")
    said = refused("check", str(one), str(other), str(tmp_path / "none.toml"), str(FILE))
    assert "a.toml：共 " in said
    assert "choices.max_bases：应在 1 到 10 之间" in said
    assert "第 " in said
    assert "TOML 语法" in said
    assert "none.toml：文件打不开，请检查路径" in said


def test_check_shows_contradictions_and_fails_on_them_only_when_strict(file: Callable[..., str]) -> None:
    wider = file(('kinds = ["base", "province"]', 'kinds = ["base"]'))
    assert "【矛盾】transfer.wording：服从调剂只有“本基地内调剂”一种" in run("check", wider)
    assert "有错误或矛盾，见上" in refused("check", "--strict", wider)
    out = StringIO()
    nowhere = file(("[reallocation.adjacent]", "[reallocation.adjacent]\n[reallocation.unused]"))
    with pytest.raises(CommandError, match="没有这个键"):
        call_command("policy", "check", nowhere, stdout=out)


def test_check_fails_on_what_cannot_work(file: Callable[..., str]) -> None:
    rule = (
        '[[eligibility]]\nid = "none"\nclause = "003 说明6"\ncondition = { not = { fact = "specialty_shortage", is = true } }\n'
        'sentence_pass = "可以。"\nsentence_fail = "不可选紧缺专业。"\n\n'
        '[[eligibility]]\nid = "all"\nclause = "003 说明6"\ncondition = { fact = "specialty_shortage", is = true }\n'
        'sentence_pass = "可以。"\nsentence_fail = "只可选紧缺专业。"\n\n'
    )
    path = file(("[[eligibility]]\n", f"{rule}[[eligibility]]\n"))
    out = StringIO()
    with pytest.raises(CommandError, match="有错误，见上"):
        call_command("policy", "check", path, stdout=out)
    assert "【错误】eligibility：“社会人”可以报名，但报考条件把所有专业都排除了" in out.getvalue()


def test_check_with_the_notice_and_the_plan(tmp_path: Path) -> None:
    own, old, plan = tmp_path / "own.txt", tmp_path / "old.txt", tmp_path / "plan.csv"
    own.write_text("头像占照片尺寸30%。头部占照片尺寸的 2/3。", encoding="utf-8")
    old.write_text("联系邮箱：3225714607@.com", encoding="utf-8-sig")
    plan.write_text("# 示例\n培训基地,内科,合计\n甲医院,3,3\n合计,4,4\n", encoding="utf-8")
    out = StringIO()
    args = ["check", str(FILE), "--notice", str(own), "--notice", f"001={old}", "--plan", str(plan)]
    with pytest.raises(CommandError, match="有错误，见上"):
        call_command("policy", *args, stdout=out)
    said = out.getvalue()
    assert "【矛盾】003：照片中头部所占的比例写了不同的数" in said
    assert "【矛盾】001：邮箱“3225714607@.com”没有域名" in said
    assert "第 4 行“内科”的合计写的是 4，各行相加是 3。" in said
    own.write_bytes("头像".encode("gb18030"))
    assert "不是 UTF-8 编码" in refused("check", str(FILE), "--notice", str(own))
    assert "文件打不开" in refused("check", str(FILE), "--plan", str(tmp_path / "none.csv"))


# describe and diff


def test_check_a_brochure_with_the_text_it_was_written_from(tmp_path: Path) -> None:
    alone = run("check", str(BROCHURE))
    assert "【提示】contact：来源有误，已作取舍：" in alone
    notice = tmp_path / "001.txt"
    notice.write_text("联系邮箱：3225714607@.com", encoding="utf-8")
    beside = run("check", str(BROCHURE), "--notice", str(notice))
    assert "【矛盾】001：邮箱“3225714607@.com”没有域名" in beside
    notice.write_text("联系邮箱：office@example.org", encoding="utf-8")
    assert "【矛盾】" not in run("check", str(BROCHURE), "--notice", str(notice))


def test_describe_prints_sections_and_clauses() -> None:
    said = run("describe", str(FILE))
    assert "【时间】" in said
    assert "（003 说明3）" in said


def test_describe_a_brochure_under_its_policy() -> None:
    assert "【基地简章】" in run("describe", str(BROCHURE))


def test_diff_says_what_changes_section_by_section(file: Callable[..., str]) -> None:
    assert run("diff", str(FILE), str(FILE)) == "没有不同。\n"
    said = run("diff", str(FILE), file(('closes = "2025-07-20 22:00"', 'closes = "2025-07-22 22:00"')))
    assert said == (
        "\n【时间】\n  第一批次网上报名截止由 2025年7月20日（星期日）22:00 改为 2025年7月22日（星期二）22:00。（003 说明3）\n"
    )
    assert "这是基地简章" in refused("diff", str(FILE), str(BROCHURE))


# load


def load(path: str, login: str) -> tuple[str, ...]:
    return "load", path, "--by", login, "--reason", "示例：按通知录入"


def test_load_stores_a_draft_and_adopts_nothing(db: None) -> None:
    officer = StaffFactory(role=Role.PROVINCE_OFFICER, login_name="officer.li")
    said = run(*load(str(FILE), "officer.li"))
    assert "已存为草案（新通知：云南省2025年" in said
    (draft,) = NoticeProposal.objects.all()
    assert (draft.state, draft.author, draft.file_name, draft.notice) == ("draft", officer, FILE.name, None)
    assert draft.source == FILE.read_text(encoding="utf-8")
    assert not NoticeVersion.objects.exists()


def test_load_for_a_notice_that_is_there_drafts_an_amendment(notice: Notice, file: Callable[..., str]) -> None:
    StaffFactory(role=Role.PROVINCE_OFFICER, login_name="officer.li")
    changed = file(('closes = "2025-07-20 22:00"', 'closes = "2025-07-22 22:00"'))
    assert "修订：" in run(*load(changed, "officer.li"))
    draft = NoticeProposal.objects.get()
    assert (draft.notice, draft.against) == (notice, notice.versions.get())
    assert notice.versions.count() == 1


def test_load_refuses_a_broken_file_and_then_stores_none_of_them(db: None, file: Callable[..., str]) -> None:
    StaffFactory(role=Role.PROVINCE_OFFICER, login_name="officer.li")
    broken = file(("max_bases = 1", "max_bases = 0"))
    said = refused("load", str(FILE), broken, "--by", "officer.li", "--reason", "示例")
    assert "choices.max_bases：应在 1 到 10 之间" in said
    assert not NoticeProposal.objects.exists()


@pytest.mark.parametrize("action", [("check",), ("describe",), ("diff", str(FILE))])
def test_a_byte_order_mark_and_the_line_ends_of_windows_are_no_mistake(
    action: tuple[str, ...], tmp_path: Path, text: str
) -> None:
    path = tmp_path / FILE.name
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert run(*action, str(path))


def test_load_is_for_the_provinces_people_only(db: None) -> None:
    StaffFactory(role=Role.BASE_LEAD, login_name="base.lead")
    assert "只有省级人员可以起草通知" in refused(*load(str(FILE), "base.lead"))
    assert "没有登录名“nobody”" in refused(*load(str(FILE), "nobody"))
    assert not NoticeProposal.objects.exists()
