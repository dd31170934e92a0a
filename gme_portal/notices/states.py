"""The states of what two people decide about a notice, in words."""

from __future__ import annotations

PROPOSAL_LABELS = {
    "draft": "草案",
    "pending": "待批准",
    "adopted": "已采用",
    "returned": "已退回",
    "withdrawn": "已撤回",
}
EXTENSION_LABELS = {
    "pending": "待批准",
    "approved": "已批准",
    "refused": "未批准",
    "withdrawn": "已撤回",
}
