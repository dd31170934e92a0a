"""Why an applicant was or was not admitted at a base (基地录取结果说明)."""

from __future__ import annotations

from admissions.allocation.explain.tie import tie_words
from admissions.allocation.explain.wording import line, names
from admissions.allocation.order import tie_field
from admissions.allocation.outcome import AdmissionOutcome
from admissions.allocation.problem import BaseAdmission
from admissions.allocation.standing import Standing


def explain_admission(problem: BaseAdmission, outcome: AdmissionOutcome, standing: Standing) -> list[str]:
    """One text per applicant, in the order of the problem."""
    board = _Board(problem, outcome, standing)
    return [_one(board, applicant) for applicant in range(len(problem.applicants))]


class _Board:
    """Per specialty what the explanations refer to: who listed it and in which place, how many it admitted, who was the last."""

    def __init__(self, problem: BaseAdmission, outcome: AdmissionOutcome, standing: Standing) -> None:
        rows = problem.specialties
        self.problem, self.outcome, self.admitted = problem, outcome, standing.admitted
        # Place among those who listed the specialty; the adjusted ones queue up behind them.
        self.place = [
            {applicant: place for place, applicant in enumerate(ranking, start=1)} for ranking in standing.ranked
        ]
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
    seat, own = board.outcome.seat[applicant], board.outcome.listed[applicant]
    person, rows = board.problem.applicants[applicant], board.problem.specialties
    parts = ["未录取。" if seat is None else _admitted(board, applicant, seat)]
    refused = board.outcome.refused(applicant)
    for number, index in enumerate(person.choices, start=1):
        if index not in own:
            parts.append(f"第{number}志愿{rows[index].code}：您不符合该专业的报考条件，未参加排序。")
        elif index in refused:
            parts.append(f"第{number}志愿{rows[index].code}：{_refused(board, applicant, index)}")
    parts.append(_adjustment(board, applicant, [index for index in refused if index not in own]))
    return "".join(parts)


def _admitted(board: _Board, applicant: int, index: int) -> str:
    row, admitted = board.problem.specialties[index], board.admitted[index]
    count = len(admitted)
    last = board.problem.applicants[admitted[-1]].marks(index).total
    place = board.place[index].get(applicant)
    if place is None:
        text = f"按服从调剂录取到{row.code}：录取{count}人，末位录取 {line(last)} 分。"
    else:
        number = board.problem.applicants[applicant].choices.index(index) + 1
        ranking = f"第{place}名，共{len(board.place[index])}人，录取{count}人"
        # Behind everybody who chose it, with whatever total: not a line that anybody who chose it had to reach.
        adjusted = "（按调剂，排在按志愿录取者之后）" if admitted[-1] not in board.place[index] else ""
        text = f"录取到{row.code}（第{number}志愿）：{ranking}；末位录取 {line(last)} 分{adjusted}。"
    if applicant in board.on_moved_seat:
        text += f"您使用的是移入名额：{_moved(board, index)}。"
    return text


def _moved(board: _Board, index: int) -> str:
    row = board.problem.specialties[index]
    return f"{row.code}名额{row.quota}个，另从未招满的{names(board.unfilled)}移入{board.moved_in(index)}个"


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
    problem, last = board.problem, board.admitted[index][-1]
    above, mine = problem.applicants[last], problem.applicants[applicant]
    text = f"末位录取 {line(above.marks(index).total)} 分"
    field = tie_field(problem, last, applicant, index)
    if field is None:
        return f"{text}，您 {line(mine.marks(index).total)} 分"
    return f"{text}，{tie_words(problem.ties, field, above, mine, index)}"


def _no_seat(board: _Board, index: int) -> str:
    """Why a specialty had no seat for anyone further."""
    row = board.problem.specialties[index]
    if not row.shortage or not board.problem.transfer or row.capacity == 0:
        return "名额已录满" if row.quota else "该专业没有可以安排的名额"
    if row.quota == 0 and not board.moved_in(index):
        return "该专业没有名额，也没有未用名额可以移入"
    if row.capacity is not None and len(board.admitted[index]) >= row.capacity:
        return f"已达培训容量{row.capacity}人"
    return "没有更多未用名额可以移入" if board.moved_in(index) else f"名额{row.quota}个已录满，没有未用名额可以移入"


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
