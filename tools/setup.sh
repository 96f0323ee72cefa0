#!/usr/bin/env bash
# Prepares everything: a virtual environment in .venv, the locked dependencies, and a browser.
# Usage: tools/setup.sh [dev]     ("dev" adds what tests and checks need, PostgreSQL among it)
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-run}
say() { printf '%s\n' "$*" >&2; }
stop() { say "setup: $*"; exit 1; }
is_root() { [ "$(id -u)" = 0 ]; }
can_apt() { is_root && command -v apt-get >/dev/null 2>&1; }
apt_install() { # quiet unless it fails
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python) || {
        can_apt && apt_install python3 python3-venv && python=$(find_python) ||
            stop "Python 3.11 or newer is needed; on Debian or Ubuntu run: sudo apt install python3 python3-venv"
    }
    say "setup: creating .venv with $("$python" --version)"
    rm -rf .venv
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        can_apt && apt_install python3-venv && "$python" -m venv .venv ||
            stop "Python's venv module is missing; on Debian or Ubuntu run: sudo apt install python3-venv"
    fi
fi

lock=requirements.lock
[ "$kind" = dev ] && lock=requirements-dev.lock
# The stamp holds the sum of what was installed, so that a changed lock or project file is installed again, and an
# unchanged one costs nothing.
sum=$(cat "$lock" pyproject.toml | sha256sum | cut -d ' ' -f 1)
stamp=.venv/.installed-$kind
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$sum" ]; then
    say "setup: installing dependencies ($lock)"
    export PIP_DISABLE_PIP_VERSION_CHECK=1
    .venv/bin/python -m pip install --quiet --require-hashes -r "$lock" ||
        stop "the dependencies could not be installed; see the lines above (is the package registry reachable?)"
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable . ||
        stop "the project itself could not be installed; see the lines above"
    printf '%s\n' "$sum" >"$stamp"
fi
# Where the environment forbids Python to keep what it compiled, every scan would compile the whole program once more:
# a second, of six or so.
if [ -n "${PYTHONDONTWRITEBYTECODE:-}" ]; then
    .venv/bin/python -m compileall -q scanner
fi

postgres_found() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
if [ "$kind" = dev ] && ! postgres_found; then
    # Tests of the history start a server of their own from these programs; the one of the machine is not touched.
    if can_apt; then
        say "setup: installing PostgreSQL"
        apt_install postgresql || true
    fi
    postgres_found ||
        say "setup: PostgreSQL is missing, its tests will be skipped; on Debian or Ubuntu run: sudo apt install postgresql"
fi

browser_found() {
    .venv/bin/python -c '
from scanner.capture import find_browser
from scanner.config import read_config
find_browser(read_config(None).browser)' >/dev/null 2>&1
}
if browser_found; then
    exit 0
fi
say "setup: no Chrome, Chromium or Edge found; trying Playwright's download"
with_deps=()
is_root && with_deps=(--with-deps)
timeout 600 .venv/bin/python -m playwright install "${with_deps[@]}" chromium >/dev/null 2>&1 || true
if browser_found; then
    exit 0
fi
if can_apt; then
    say "setup: installing the distribution's Chromium"
    apt_install chromium || true
fi
browser_found ||
    stop "no browser could be installed; install Chrome or Chromium (Debian: sudo apt install chromium), or name one with --browser"
