"""Registration (账号注册, 003 (二)): a person with a document, a phone they hold, and a password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from gme_portal.accounts.identity import check_name, check_number, check_phone, fold_name, fold_number, fold_phone
from gme_portal.accounts.models import PhoneCodePurpose, Role, User
from gme_portal.accounts.passwords import first_password
from gme_portal.accounts.queries import document_blind, phone_blind
from gme_portal.accounts.services.codes import check_code, use_code
from gme_portal.audit.services import record
from gme_portal.clock.services import BEIJING
from gme_portal.policy.passwords import Demands
from gme_portal.refusals import Refusal, Refused

NUMBER_TAKEN = (
    "该证件号码已有账号，一人只有一个账号。请直接登录；忘记密码可用注册时的手机号重置。"
    "如果不是您本人注册的，请带证件原件联系拟报培训基地核实。"
)
PHONE_TAKEN = "该手机号已用于另一个账号。请用该手机号登录，或换一个您正在使用的手机号。"


def new_applicant(*, name: str, document_kind: str, document_number: str, phone: str) -> User:
    """An applicant's account in memory, with everything folded as it is stored. Nothing is checked or written."""
    number, phone = fold_number(document_number), fold_phone(phone)
    return User(
        role=Role.APPLICANT,
        name=fold_name(name),
        document_kind=document_kind,
        document_number=number,
        document_blind=document_blind(number),
        phone=phone,
        phone_blind=phone_blind(phone),
    )


def identity_faults(user: User, *, at: datetime) -> list[Refusal]:
    """What is wrong with a new applicant's name, number and phone, field by field; an empty list means nothing."""
    number = user.document_number.open() if user.document_number is not None else ""
    phone = user.phone.open() if user.phone is not None else ""
    today = at.astimezone(BEIJING).date()
    found = [check_name(user.name), check_number(user.document_kind, number, today=today), check_phone(phone)]
    return [refusal for refusal in found if refusal]


def password_faults(user: User, password: str, demands: Demands) -> list[Refusal]:
    """What is wrong with a password for this user: what is demanded, and what nobody may take (a common one, one about oneself)."""
    found = demands.refusals(password)
    try:
        validate_password(password, user)
    except ValidationError as error:
        found += [Refusal("PASSWORD", sentence, "", "password") for sentence in error.messages]
    return found


def register(
    *,
    name: str,
    document_kind: str,
    document_number: str,
    phone: str,
    code: str,
    password: str,
    demands: Demands,
    at: datetime,
) -> User:
    """Make an applicant's account with a password that meets the demands. The phone is proved first, so that only its holder learns whether a
    number or phone is taken.

    Raises Refused with every fault at its field; ID_TAKEN and PHONE_TAKEN say how to get in. The code can be used again after a refusal."""
    user = new_applicant(name=name, document_kind=document_kind, document_number=document_number, phone=phone)
    found = identity_faults(user, at=at) + password_faults(user, password, demands)
    if found:
        raise Refused.many(found)
    return _open(user, password, phone=phone, code=code, actor=user, action="account.registered", at=at)


def open_for(
    *, name: str, document_kind: str, document_number: str, phone: str, code: str, actor: User, at: datetime
) -> tuple[User, str]:
    """Make the account of an applicant who stands before `actor` (现场开通账号) and give it with its first password, which is kept nowhere:
    it is printed once, and the person sets their own when they first log in. The code went to the person's own phone.

    Raises Refused as `register` does."""
    user = new_applicant(name=name, document_kind=document_kind, document_number=document_number, phone=phone)
    user.must_set_password = True
    found = identity_faults(user, at=at)
    if found:
        raise Refused.many(found)
    password = first_password()
    _open(user, password, phone=phone, code=code, actor=actor, action="account.opened", at=at)
    return user, password


def _open(user: User, password: str, *, phone: str, code: str, actor: User, action: str, at: datetime) -> User:
    proof = check_code(phone=phone, purpose=PhoneCodePurpose.REGISTER, code=code, at=at)
    taken = _taken(user)
    if taken:
        raise Refused.many(taken)
    user.set_password(password)
    try:
        with transaction.atomic():
            use_code(proof, at=at)
            user.save(force_insert=True)
            record(actor=actor, action=action, subject=user, at=at, detail={"document_kind": user.document_kind})
    except IntegrityError:
        # Somebody registered the same number or phone between our look and our write.
        taken = _taken(user)
        if not taken:
            raise
        raise Refused.many(taken) from None
    return user


def _taken(user: User) -> list[Refusal]:
    found = []
    if User.objects.filter(document_blind=user.document_blind).exists():
        found.append(Refusal("ID_TAKEN", NUMBER_TAKEN, "", "document_number"))
    if User.objects.filter(phone_blind=user.phone_blind).exists():
        found.append(Refusal("PHONE_TAKEN", PHONE_TAKEN, "", "phone"))
    return found
