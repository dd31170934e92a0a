"""Names of people who do not exist: a marked family word and a given part, so that no real-looking person can arise."""

from __future__ import annotations

from random import Random

# Every name begins with one of these. They are no family names.
MARKS = ("示例", "测试", "演练")

# The cases that break systems: rare characters of several planes, one that hardly any font draws, very long, very short.
UGLY = (
    "示例䶮",
    "测试𬱖",
    "演练犇",
    "示例㼆𠅤",
    "测试𰻝",
    "演练𮯰",
    "示例·古丽娜孜·演练江·测试买合木提·样张阿卜杜热",
    "演练阿依·测试诺布",
    "测试",
    "演练〇一",
)
_FIRST = "安博承春丹东恩芳甘海和嘉静开兰黎明宁欧鹏清然尚思天同文希晓新雅一永雨远云泽昭志竹子"
_SECOND = "安斌畅晨达帆刚果涵航禾宏慧景凯澜朗乐琳苗宁平琪青然瑞深舒桐巍文希新雅阳依颖元悦泽真知舟"
_DOTTED = ("古丽", "诺布", "扎西", "阿依", "买提", "卓玛", "木嘎", "岩温", "玉香", "罗梭")


def name_of(serial: int, random: Random) -> str:
    """The name of the `serial`-th person (from 1): the ugly ones come early, then one in thirty with a middle dot."""
    if serial % 3 == 0 and serial // 3 <= len(UGLY):
        return UGLY[serial // 3 - 1]
    mark = random.choice(MARKS)
    if random.random() < 0.03:
        return f"{mark}{random.choice(_DOTTED)}·{random.choice(MARKS)}{random.choice(_DOTTED)}"
    if random.random() < 0.2:
        return mark + random.choice(_FIRST)
    return mark + random.choice(_FIRST) + random.choice(_SECOND)
