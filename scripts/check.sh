#!/bin/sh
# Format, lint with types, type check, room boundaries, pages made from code, dead code. Each says what it looked at.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
PATH=$root/node_modules/.bin:$PATH
export PATH
biome ci .
oxlint --type-aware
tsc -p .
node scripts/check-rooms.ts
node scripts/docs.ts --check
knip
