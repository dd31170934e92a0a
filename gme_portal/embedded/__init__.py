"""The embedded default: PostgreSQL and Valkey from wheels, and one supervisor for everything the portal needs on one machine.

`setup.sh` and `install.py` make `.venv` before anything is installed, so they use nothing but a shell and the standard library.
`postgres`, `valkey` and `child` start servers as child processes; `supervisor` keeps a list of children alive; `stack` says which
children the portal consists of. Nothing here knows Django. Production does not use this package: see `docs/operations.md`.
"""
