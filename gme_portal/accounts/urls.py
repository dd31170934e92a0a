"""Login, registration, second factor, password."""

from __future__ import annotations

from django.urls import path

from gme_portal.accounts.views import joining, passwords, second_factor, signing

app_name = "accounts"
urlpatterns = [
    path("login/", signing.login_page, name="login"),
    path("logout/", signing.logout_page, name="logout"),
    path("register/", joining.register_page, name="register"),
    path("register/code/", joining.register_code, name="register_code"),
    path("second-factor/", second_factor.second_factor_page, name="second_factor"),
    path("second-factor/enroll/", second_factor.enroll_page, name="enroll"),
    path("reset/", passwords.reset_page, name="reset"),
    path("reset/code/", passwords.reset_code, name="reset_code"),
    path("password/", passwords.password_page, name="password"),
]
