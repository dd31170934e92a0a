"""What can be done with accounts: codes by text message, registration, passwords, second factor, staff accounts."""
