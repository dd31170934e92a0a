"""How fast a big policy is read: `python tests/benchmarks/policy.py`. Not collected by pytest. The bar: 500 rules and 40 bases load in under 1 s."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gme_portal.policy import Policy, Supplement, loads, loads_supplement
from gme_portal.policy.diff import diff
from gme_portal.policy.lint import lint

T = TypeVar("T")
RULES, BASES, ROUNDS = 500, 40, 5
POLICIES = Path(__file__).resolve().parents[2] / "fixtures" / "policies"
RULE = """
[[eligibility]]
id = "benchmark-{number}"
clause = "{clause}"
note = "示例：第 {number} 条。"
applies = {{ all = [
    {{ fact = "person_type", in = ["social", "own_staff"] }},
    {{ not = {{ fact = "bachelor_graduated_year", at_least = {year} }} }},
] }}
condition = {{ any = [
    {{ fact = "holds_licence", is = true }},
    {{ fact = "specialty", in = [{codes}] }},
] }}
sentence_pass = "符合第 {number} 条。"
sentence_fail = "不符合第 {number} 条，不能选{{specialty}}。"
"""


def timed(name: str, call: Callable[[], T]) -> T:
    """The best of a few rounds, in CPU seconds of this process."""
    best, value = float("inf"), call()
    for _ in range(ROUNDS):
        before = time.process_time()
        value = call()
        best = min(best, time.process_time() - before)
    print(f"  {name:<44}{best:8.3f} s", flush=True)
    return value


def big_policy() -> tuple[str, list[str]]:
    """A brochure's policy with RULES rules in all, and that brochure once for each of BASES bases."""
    brochure = next((POLICIES / "supplements").glob("*.toml"))
    text = (POLICIES / f"{brochure.stem.split('.')[0]}.toml").read_text(encoding="utf-8")
    policy = loads(text, "benchmark")
    codes = ", ".join(f'"{code}"' for code in policy.specialties.codes)
    own = next(source.key for source in policy.sources if source.own)
    more = range(RULES - len(policy.eligibility))
    rules = "".join(
        RULE.format(number=number, clause=f"{own} 一", year=2015 + number % 10, codes=codes) for number in more
    )
    base = brochure.stem.split(".", 1)[1]
    plain = brochure.read_text(encoding="utf-8")
    return text + rules, [plain.replace(f'"{base}"', f'"base-{number}"') for number in range(BASES)]


def main() -> None:
    text, brochures = big_policy()
    plan = [
        ["培训基地", "助理全科", "合计"],
        *([f"示例医院{n}", "3", "3"] for n in range(BASES)),
        ["合计", f"{3 * BASES}", f"{3 * BASES}"],
    ]

    def load_all() -> tuple[Policy, list[Supplement]]:
        policy = loads(text, "benchmark")
        return policy, [loads_supplement(one, f"base-{number}", policy) for number, one in enumerate(brochures)]

    policy, supplements = timed(f"load {RULES} rules and {BASES} brochures", load_all)
    assert (len(policy.eligibility), len({one.base for one in supplements})) == (RULES, BASES)
    timed(f"load {RULES} rules alone", lambda: loads(text, "benchmark"))
    other = loads(text.replace("不符合第 7 条", "与第 7 条不符"), "benchmark")
    assert (
        len(timed("diff of two such policies", lambda: diff(policy, other))) == 2
    )  # what is said on failing, and on review
    timed(f"lint with a plan of {BASES} bases", lambda: lint(policy, None, plan))


if __name__ == "__main__":
    main()
