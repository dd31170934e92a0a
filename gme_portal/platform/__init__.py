"""The platform's own pages: accounts and health for the administrator, the audit for the auditor. No business data (等保2.0: separate roles)."""
