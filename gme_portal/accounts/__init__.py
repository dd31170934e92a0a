"""Accounts (账号): who someone is, which role they have, and how they prove it."""
