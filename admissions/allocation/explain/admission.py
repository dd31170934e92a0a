"""Why an applicant was or was not admitted at a base (基地录取结果说明)."""

from __future__ import annotations

from admissions.allocation.explain.wording import line, mark, names
from admissions.allocation.order import Worth, tie_field
from admissions.allocation.outcome import AdmissionOutcome
from admissions.allocation.problem import BaseAdmission

TIE_WORDS = {"written": "笔试成绩", "interview": "面试成绩"}


def explain_admission(problem: BaseAdmission, outcome: AdmissionOutcome) -> list[str]:
    """One text per applicant, in the order of the problem."""
    board = _Board(problem, outcome)
    return [_one(board, applicant) for applicant in range(len(problem.applicants))]


class _Board:
    """Per specialty what the explanations refer to: who listed it and in which place, how many it admitted, who was the last."""

    def __init__(self, problem: BaseAdmission, outcome: AdmissionOutcome) -> None:
        worth = Worth(problem)
        rows = problem.specialties
        self.problem, self.outcome = problem, outcome
        listed: list[list[int]] = [[] for _ in rows]
        adjusted: list[list[int]] = [[] for _ in rows]
        for applicant, own in enumerate(outcome.listed):
            for index in own:
                listed[index].append(worth.of(applicant, rows[index].code))
            seat = outcome.seat[applicant]
            if seat is not None and seat not in own:
                adjusted[seat].append(worth.of(applicant, rows[seat].code))
        # Place among those who listed the specialty; the adjusted ones queue up behind them.
        self.place: list[dict[int, int]] = []
        self.admitted: list[list[int]] = []
        for index in range(len(rows)):
            ranking = [worth.applicant(value) for value in sorted(listed[index], reverse=True)]
            self.place.append({applicant: place for place, applicant in enumerate(ranking, start=1)})
            behind = [worth.applicant(value) for value in sorted(adjusted[index], reverse=True)]
            self.admitted.append([applicant for applicant in ranking if outcome.seat[applicant] == index] + behind)
        self.position = {row.code: index for index, row in enumerate(rows)}
        # Those whose seat is above the plan: the weakest of a shortage specialty that was given seats.
        self.on_moved_seat = {one for index, row in enumerate(rows) for one in self.admitted[index][row.quota :]}
        # Non-shortage specialties with seats nobody took: where moved seats come from.
        self.unfilled = [
            row.code for index, row in enumerate(rows) if not row.shortage and len(self.admitted[index]) < row.quota
        ]

    def moved_in(self, index: int) -> int:
        row = self.problem.specialties[index]
        return max(0, len(self.admitted[index]) - row.quota) if row.shortage else 0


def _one(board: _Board, applicant: int) -> str:
    seat = board.outcome.seat[applicant]
    person = board.problem.applicants[applicant]
    parts = ["未录取。" if seat is None else _admitted(board, applicant, seat)]
    refused = set(board.outcome.refused[applicant])
    for number, code in enumerate(person.choices, start=1):
        if code not in person.eligible:
            parts.append(f"第{number}志愿{code}：您不符合该专业的报考条件，未参加排序。")
        elif board.position[code] in refused:
            parts.append(f"第{number}志愿{code}：{_refused(board, applicant, board.position[code])}")
    own = board.outcome.listed[applicant]
    parts.append(_adjustment(board, applicant, [i for i in board.outcome.refused[applicant] if i not in own]))
    return "".join(parts)


def _admitted(board: _Board, applicant: int, index: int) -> str:
    row, admitted = board.problem.specialties[index], board.admitted[index]
    count = len(admitted)
    last = board.problem.applicants[admitted[-1]].scores[row.code].total
    place = board.place[index].get(applicant)
    if place is None:
        text = f"按服从调剂录取到{row.code}：录取{count}人，末位录取 {line(last)} 分。"
    else:
        number = board.problem.applicants[applicant].choices.index(row.code) + 1
        ranking = f"第{place}名，共{len(board.place[index])}人，录取{count}人"
        text = f"录取到{row.code}（第{number}志愿）：{ranking}；末位录取 {line(last)} 分。"
    if applicant in board.on_moved_seat:
        text += f"您使用的是移入名额：{_moved(board, index)}。"
    return text


def _moved(board: _Board, index: int) -> str:
    row = board.problem.specialties[index]
    return f"{row.code}计划{row.quota}人，另从未招满的{names(board.unfilled)}移入{board.moved_in(index)}人"


def _refused(board: _Board, applicant: int, index: int) -> str:
    """A listed choice that was refused: place, line, tie, and why there were no more seats."""
    row, admitted = board.problem.specialties[index], board.admitted[index]
    ranking = f"第{board.place[index][applicant]}名，共{len(board.place[index])}人，录取{len(admitted)}人"
    if not admitted:
        return f"{ranking}；{_no_seat(board, index)}。"
    # Everybody above the line who did not take a seat here holds one they prefer.
    elsewhere = board.place[index][admitted[-1]] - len(admitted)
    text = f"{ranking}；{_line(board, applicant, index)}"
    if elsewhere > 0:
        text += f"，排在末位之前的另{elsewhere}人已录取到其更靠前的志愿"
    if row.shortage and board.problem.transfer:
        moved = f"{_moved(board, index)}，" if board.moved_in(index) else ""
        text += f"（{moved}{_no_seat(board, index)}）"
    return text + "。"


def _line(board: _Board, applicant: int, index: int) -> str:
    problem, row, last = board.problem, board.problem.specialties[index], board.admitted[index][-1]
    above, mine = problem.applicants[last].scores[row.code], problem.applicants[applicant].scores[row.code]
    text = f"末位录取 {line(above.total)} 分"
    field = tie_field(problem, last, applicant, row.code)
    if field is None:
        return f"{text}，您 {line(mine.total)} 分"
    if field == "county":
        return f"{text}，同分且各项成绩相同，县级及以下医疗卫生机构人员优先"
    if field == "lottery":
        numbers = (problem.applicants[last].lottery, problem.applicants[applicant].lottery)
        return f"{text}，同分且各项成绩相同，比抽签号，小者在前（{numbers[0]} 对 {numbers[1]}）"
    return f"{text}，同分比{TIE_WORDS[field]}（{mark(getattr(above, field))} 对 {mark(getattr(mine, field))}）"


def _no_seat(board: _Board, index: int) -> str:
    """Why a specialty had no seat for anyone further."""
    row = board.problem.specialties[index]
    if row.quota == 0 and not row.shortage:
        return "该专业本年没有招收计划"
    if not row.shortage or not board.problem.transfer:
        return "该专业本年没有招收计划" if row.quota == 0 else "名额已录满"
    if row.capacity is not None and len(board.admitted[index]) >= row.capacity:
        return f"已达培训容量{row.capacity}人"
    return "没有更多未用名额可以移入" if board.moved_in(index) else f"计划{row.quota}人已录满，没有未用名额可以移入"


def _adjustment(board: _Board, applicant: int, refused: list[int]) -> str:
    """What 服从调剂 did for someone: nothing to say to the admitted, except which specialties before theirs were gone."""
    person, seat = board.problem.applicants[applicant], board.outcome.seat[applicant]
    if seat is None and not person.accept_adjust:
        return "您未选择服从本基地其他专业调剂。"
    if not refused:
        return "您服从调剂，但没有其他符合报考条件的专业可以调剂。" if seat is None else ""
    rows = board.problem.specialties
    reasons: dict[str, list[str]] = {}
    for index in refused:
        row = rows[index]
        if not row.shortage and len(board.admitted[index]) < row.quota:
            why = "未招满的名额已按规定移给紧缺专业"
        elif board.admitted[index]:
            why = "名额由按志愿报考者或调剂中排序在您之前者取得"
        else:
            why = _no_seat(board, index)
        reasons.setdefault(why, []).append(row.code)
    opening = "您服从调剂，可以调剂的专业均无名额：" if seat is None else "调剂顺序在前的专业已无名额："
    return opening + "；".join(f"{names(codes)}，{why}" for why, codes in reasons.items()) + "。"
