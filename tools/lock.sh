#!/usr/bin/env bash
# Writes the two lock files anew from pyproject.toml. Needs `uv` on the PATH or in the environment.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .venv/bin/uv)
common=(pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -c tools/lock-constraints.txt)
"$uv" "${common[@]}" --extra build pyproject.toml -o requirements.lock
"$uv" "${common[@]}" --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
