"""Pages of accounts, one module per errand."""
