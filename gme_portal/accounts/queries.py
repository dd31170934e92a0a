"""Finding users by what they type, through blind indexes."""

from __future__ import annotations

import re

from gme_portal.accounts.identity import fold_number, fold_phone
from gme_portal.accounts.models import User
from gme_portal.pii.keys import key_ring

DOCUMENT_PLACE = "accounts_user.document_number"
PHONE_PLACE = "accounts_user.phone"


def document_blind(number: str) -> str:
    """The look-up key of a document number, whatever its kind: one account per number (003 (二)注意事项(6)).

    The two digits that count how often a Hong Kong or Macao permit was renewed do not make another person."""
    folded = fold_number(number)
    if re.fullmatch(r"[HM]\d{10}", folded):
        folded = folded[:9]
    return key_ring().blind(folded, place=DOCUMENT_PLACE)


def phone_blind(phone: str) -> str:
    return key_ring().blind(fold_phone(phone), place=PHONE_PLACE)


def user_by_login(typed: str) -> User | None:
    """The user whose document number, phone or login name was typed."""
    typed = typed.strip()
    return (
        User.objects.filter(document_blind=document_blind(typed)).first()
        or User.objects.filter(phone_blind=phone_blind(typed)).first()
        or User.objects.filter(login_name=typed.lower()).first()
    )
