"""A notice of a province there is no file for: everything it decides is otherwise than in the seven, and it is one file.

Its year, windows, person types, papers, examinations and wordings are invented; the province's code is one that has prefectures and no training bases here."""

from __future__ import annotations

ID = "shili-2026-residency"

NOTICE = """
schema = 1
id = "shili-2026-residency"
title = "示例省2026年住院医师规范化培训春季招收"
year = 2026
province = "62"
track = "residency"
medicine = "western"
organiser = "示例省医师培训办公室"

[[sources]]
key = "901"
name = "示例省关于2026年住院医师规范化培训春季招收的通知"
own = true
issued_on = "2026-02-10"

[[rounds]]
key = "first"
label = "春季招收"
clause = "901 一"

[[person_types]]
code = "delegated"
label = "医院选送人员"
registers = true
aliases = ["选送"]
clause = "901 二(一)"

[[person_types]]
code = "social"
label = "自愿报名人员"
registers = true
aliases = ["自愿"]
clause = "901 二(二)"

[[person_types]]
code = "commissioned"
label = "县乡定向人员"
registers = true
in_plan = false
aliases = ["县乡定向"]
clause = "901 二(三)"

[[person_types]]
code = "professional_master"
label = "并轨研究生"
registers = false
recorded_by = "base"
in_plan = false
refusal = "并轨研究生由培训基地按学籍统一登记，本人不用报名。"
aliases = ["并轨"]
clause = "901 二(四)"

[[windows.registration]]
label = "春季网上登记"
opens = "2026-03-02 07:30"
closes = "2026-03-13 19:45"
person_types = ["delegated", "social"]
clause = "901 三(一)"

[[windows.registration]]
label = "县乡定向登记"
opens = "2026-03-09 07:30"
closes = "2026-03-20 19:45"
person_types = ["commissioned"]
clause = "901 三(一)"

[[windows.review]]
opens = "2026-03-02 07:30"
closes = "2026-03-25 12:00"
clause = "901 三(二)"

[[windows.confirmation]]
opens = "2026-03-16 13:30"
closes = "2026-03-25 17:00"
hours = ["13:30-17:00"]
clause = "901 三(三)"

[[windows.assessment]]
opens = "2026-03-26 08:00"
closes = "2026-04-03 18:00"
clause = "901 四"

[[windows.base_admission]]
opens = "2026-04-07 08:00"
closes = "2026-04-10 18:00"
clause = "901 五"

[[windows.publicity]]
opens = "2026-04-13 00:00"
closes = "2026-04-17 24:00"
clause = "901 五"

[[windows.report_in]]
opens = "2026-04-20 08:00"
closes = "2026-04-30 18:00"
clause = "901 六"

[[windows.training_start]]
on = "2026-05-06"
clause = "901 六"

[registration]
mode = "online"
changes = "withdraw_first"
clause = "901 三(一)"

[choices]
max_bases = 1
max_specialties = 1
ordered = false
clause = "901 三(四)"

[transfer]
kinds = []
clause = "901 三(四)"

[specialties]
clause = "901 附表"
shortage_clause = "901 附表"
shortage = ["0600", "2600"]
list = [
    { code = "2600", name = "医学遗传科" },
    { code = "0600", name = "神经内科" },
    { code = "0400", name = "皮肤科" },
    { code = "2700", name = "预防医学科" },
    { code = "1700", name = "眼科" },
]

[identity]
accepts = ["resident_id", "foreign_resident"]
clause = "901 三(一)"

[photo]
min_width = 600
min_height = 800
min_kb = 100
max_kb = 400
formats = ["jpg"]
background = "#FFFFFF"
min_white_share = 0.9
head_ratio = 0.6
head_is_advice = true
clause = "901 三(五)"

[password]
min_length = 9
max_length = 20
requires = ["letter", "digit"]
clause = "901 三(一)"

[[documents]]
kind = "id_card"
label = "证件双面合印件"
required = true
accepts = ["pdf"]
max_mb = 4
clause = "901 三(五)"
help = "两面印在一页上，存成一个文件。"
binding_order = 2

[[documents]]
kind = "diploma"
label = "学历证明合订件"
required = true
accepts = ["png"]
max_mb = 4
clause = "901 三(五)"
help = "从低到高依次排列。"
binding_order = 1

[[documents]]
kind = "unit_consent"
label = "医院选送函"
required = true
channel = "paper"
copies = 2
originals = true
clause = "901 二(一)"
help = "医院盖章，写明选送的专业。"
binding_order = 3
applies = { fact = "person_type", is = "delegated" }

[[eligibility]]
id = "medical-bachelor"
clause = "901 二"
condition = { fact = "higher_fields", any_of = ["clinical"] }
sentence_pass = "所学为临床医学，符合春季招收的专业范围。"
sentence_fail = "春季招收只面向临床医学本科及以上人员，您所学的专业不在范围内，请关注秋季招收。"
sentence_review = "所学专业是否在春季招收的范围内，由医院核对。"

[[eligibility]]
id = "sent-for-their-own-work"
clause = "901 二(一)"
applies = { fact = "person_type", is = "delegated" }
condition = { fact = "specialty_is_employers", is = true }
sentence_pass = "与选送医院的岗位一致。"
sentence_fail = "选送人员按岗位报名，{specialty}不是您的岗位；请改选岗位所在的专业。"
sentence_review = "岗位是否一致，由医院核对。"

[[eligibility]]
id = "counties-need-few"
clause = "901 二(三)"
applies = { fact = "person_type", is = "commissioned" }
condition = { fact = "specialty", in = ["0600", "2700"] }
sentence_pass = "为县乡紧需的专业。"
sentence_fail = "县乡定向人员只能报县乡紧需的专业，不能报{specialty}。"

[scoring]
decided_by = "province"
ranked_by = "score"
tie_chain = ["bedside", "licence", "lottery"]
precision = 1
clause = "901 四"

[[scoring.components]]
key = "theory"
label = "机考"
full_mark = 150
weight = 30
run_by = "province"

[[scoring.components]]
key = "bedside"
label = "床旁操作"
full_mark = 50
weight = 55
minimum = 25

[[scoring.components]]
key = "talk"
label = "结构化谈话"
full_mark = 20
weight = 15

[[scoring.checks]]
key = "medical"
label = "入培体检"
clause = "901 四(三)"

[[scoring.checks]]
key = "conduct"
label = "品行鉴定"
clause = "901 四(四)"

[medical_exam]
need = "required"
standard = "参照事业单位招聘体检标准。"
clause = "901 四(三)"

[quota_moves]
allowed = false
direction = "none"
increase = "none"
clause = "901 一"

[plan]
total = 60
others_row = false
clause = "901 一"

[publicity]
days = 4
kind = "working"
clause = "901 五"
columns = [
    { key = "application_no", label = "登记号" },
    { key = "name", label = "学员" },
    { key = "person_type", label = "来源" },
    { key = "base", label = "医院" },
    { key = "specialty", label = "专业方向" },
    { key = "rank", label = "位次" },
]

[reallocation]
enabled = false
priority = []
geography = "any"
clause = "901 一"

[report_in]
late_days = 3
agreement_days = 10
effect = "过期不来的，春季名额作废。"
clause = "901 六"

[[bans]]
trigger = "no_show"
programme = "residency"
years = 1
effect = "无故不来的，下一年不能再登记。"
clause = "901 六"

[roster]
clause = "901 附表"
columns = [
    { key = "seq", label = "次序" },
    { key = "base", label = "医院" },
    { key = "specialty", label = "专业方向" },
    { key = "name", label = "学员" },
    { key = "id_number", label = "证件号" },
    { key = "person_type", label = "来源" },
    { key = "mobile", label = "电话" },
]

[form]
title = "示例省春季招收登记表"
copies = 2
clause = "901 三(三)"

[contact]
text = "示例省医师培训办公室 000-12345678。"
url = "https://example.org/"
clause = "901 七"

[[silences]]
topic = "接受录取的确认"
group = "acceptance"
note = "通知没有要求。"

[[silences]]
topic = "邀请"
group = "invitations"
note = "通知没有第二批次。"

[[silences]]
topic = "培训年限减免"
group = "year_reduction"
note = "通知没有写。"

[[silences]]
topic = "基地招生简章"
group = "brochure"
note = "通知没有写，各项由本通知规定。"
"""
