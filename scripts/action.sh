#!/bin/bash
# Runs the command line that action.yml was given, word by word: no shell reads it again.
set -euo pipefail
root=$(cd -- "$(dirname -- "$0")/.." && pwd)
IFS=$' \t\n' read -r -d '' -a words < <(printf '%s\0' "${LOCKSTEP_COMMAND:-run}")
cd -- "${LOCKSTEP_DIRECTORY:-.}"
exec "$root/bin/lockstep" "${words[@]}"
