#!/bin/sh
# Finds a Python that is new enough and hands over to install.py. Usage: setup.sh demo|test
set -eu
cd "$(dirname "$0")/../.."
incomplete=""
for candidate in "${GME_PYTHON:-python3.13}" python3.12 python3.11 python3; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        exec "$candidate" -P gme_portal/embedded/install.py "$@"
    fi
    incomplete="${incomplete:-$candidate}"
done
if [ -n "$incomplete" ]; then
    echo "setup: $incomplete cannot make virtual environments: install its venv part (Debian, Ubuntu: apt-get install $incomplete-venv) and try again" >&2
else
    echo "setup: no Python 3.11 or newer found: install one (Debian, Ubuntu: apt-get install python3 python3-venv), or name it with GME_PYTHON=/path/to/python3, and try again" >&2
fi
exit 1
