"""Login by document number, phone or login name. The same work is done whether or not the account exists."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from gme_portal.accounts.models import User
from gme_portal.accounts.queries import user_by_login


class IdentityBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **kwargs: Any
    ) -> User | None:
        user = user_by_login(username)
        if user is None:
            make_password(password)  # as slow as a wrong password, so that nobody learns which numbers have an account
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
