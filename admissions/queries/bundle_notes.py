"""The words that go into a verification bundle (公开核验包的说明)."""

from __future__ import annotations

from typing import Any

READ_ME = """公开核验包
==========

里面是什么
  problem.json  运算输入：名额、规则和参加排序的人（以识别码代替，不含姓名、证件、报名号）
  result.json   运算结果：每人的去处和说明
  record.json   出处：通知版本、正式记录的摘要、历次运算的记录链、抽签（承诺、公开抽签、密钥、种子）、独立校验的项目
  SHA256SUMS    以上文件的摘要

怎样核对（不需要数据库；程序与平台所用的相同，开源）
  1. 重新运算：python manage.py allocate problem.json --out again.json
     得到的 again.json 应与 result.json 逐字节相同。
  2. 独立复核：python manage.py verify_allocation problem.json result.json
     由另一套程序检查结果是否合法、唯一、没有人被越过。
  3. 一步完成以上两步，并核对摘要、记录链和抽签：python manage.py verify_bundle 本文件.zip

与正式记录的关系
  输入已去标识化，并删去了不影响结果的内容：录取志愿之后的志愿、从未用到的专业资格、没有参与同分比较的单科成绩和身份、真实的抽签号
  （只保留同分者之间的先后）。因此说明文字中的抽签号、单科成绩可能与本人看到的不同，去处完全相同：公布前由平台逐人比对。
  正式记录的摘要列在 record.json 的 official 和 chain 中，存档不能修改，可由有权机关调取核对。

在里面找到自己
  登录平台，在报名回执页可以看到自己的识别码和密钥。识别码 = SHA256(密钥|报名号) 的前 20 位，只有本人能算出：
    printf '%s' '密钥|报名号' | sha256sum

重识别风险
{risk}"""

RISK = """  参加排序 {people} 人，其中 {placed} 人有去处。名单已经公示了有去处者的姓名、专业和总成绩；把本包与公示名单对照，
  能按去处和总成绩唯一认出其中 {placed_told_by_place_and_total} 人。认出以后，本包比公示名单多说明的只有：其排在录取志愿之前、没有录取的志愿，
  {county}涉及 {of_them_with_more_than_the_list_shows} 人。没有去处的 {unplaced} 人不在公示名单上，本包没有其姓名和报名号，
  只知道其成绩或志愿的熟人有可能认出，仅凭公开资料不能认出。识别码每次公布各不相同，不能用来把两次运算中的同一人联系起来。
"""
COUNTY_BASE = "以及同分比较用到的优先身份；"
COUNTY_PROVINCE = "全部志愿、可报专业、所在州市和是否县级及以下（调剂规则需要）；"


def risk_note(record: dict[str, Any]) -> str:
    """How far people can be told apart in this bundle, in words."""
    county = COUNTY_BASE if record["run_kind"] == "base-admission" else COUNTY_PROVINCE
    return RISK.format(county=county, **record["risk"])
