#!/bin/sh
# Everything that a change must pass: checks, unit tests, then the slow ones with real parts.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
sh scripts/prepare.sh scripts/packages.txt scripts/packages-test.txt
PATH=$root/node_modules/.bin:$PATH
export PATH
npm run --silent check
npm run --silent build
npm run --silent test:unit
npm run --silent test:slow
