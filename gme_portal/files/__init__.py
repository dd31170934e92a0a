"""Uploads (上传材料): what comes in from people is opened only in a bounded child process, and judged by its content, never by its name."""
