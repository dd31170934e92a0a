"""Notices (通知): the policies a province adopted, with their versions."""
