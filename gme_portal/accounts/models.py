"""Users and the codes that prove a phone. Identity numbers and phones are sealed and found by blind indexes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_number, mask_phone


class Role(models.TextChoices):
    APPLICANT = "applicant", "报名学员"
    BASE_READER = "base_reader", "基地查阅员"
    BASE_EDITOR = "base_editor", "基地审核员"
    BASE_LEAD = "base_lead", "基地负责人"
    SCHOOL = "school", "培养院校"
    PROVINCE_OFFICER = "province_officer", "省级经办人"
    PROVINCE_LEAD = "province_lead", "省级负责人"
    ASSOCIATION = "association", "行业协会"
    PLATFORM_ADMIN = "platform_admin", "平台管理员"
    AUDITOR = "auditor", "审计员"


class DocumentKind(models.TextChoices):
    RESIDENT_ID = "resident_id", "居民身份证"
    HK_MACAO_PERMIT = "hk_macao_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    FOREIGN_RESIDENT = "foreign_resident", "外国人永久居留身份证"


class UserManager(BaseUserManager["User"]):
    """Users are made by `accounts.services`; the manager only looks them up by primary key for sessions."""


class User(AbstractBaseUser):
    """A person who can log in. Applicants log in by document number or phone, staff by `login_name`. One role each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    name = models.CharField("姓名", max_length=60)
    login_name = models.CharField("登录名", max_length=40, null=True, unique=True)
    document_kind = models.CharField("证件类型", max_length=20, choices=DocumentKind.choices, blank=True)
    document_number = SealedTextField("证件号码", mask=mask_number)
    document_blind = models.CharField(max_length=64, null=True, unique=True)
    phone = SealedTextField("手机号码", mask=mask_phone)
    phone_blind = models.CharField(max_length=64, null=True, unique=True)
    is_active = models.BooleanField("启用", default=True)
    # The password was made by the portal and printed once: the person sets their own before anything else.
    must_set_password = models.BooleanField("须修改初始密码", default=False)
    # A demo account may skip the second factor, in demo mode only; its password stands in the README.
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(login_name__isnull=False) | models.Q(document_blind__isnull=False),
                name="user_has_a_login",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_user_id(self) -> uuid.UUID:
        """Whose personal data this row holds: their own. The access log shows looks to them."""
        return self.id

    @property
    def is_staff_role(self) -> bool:
        return self.role != Role.APPLICANT


class PhoneCodePurpose(models.TextChoices):
    REGISTER = "register", "注册"
    RESET = "reset", "重置密码"


class PhoneCode(models.Model):
    """A six-digit code sent to a phone (短信验证码): kept as a keyed digest, usable once, for ten minutes and five tries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone_blind = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=PhoneCodePurpose.choices)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_blind", "purpose", "-sent_at"], name="phonecode_newest_idx")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.sent_at:%F %T}"
