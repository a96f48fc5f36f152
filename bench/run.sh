#!/bin/sh
# Every benchmark, or those that are named: npm run bench -- startup verify. Each runs a peer or names
# its goal, and prints ratios: absolute times of one machine say little.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
sh scripts/prepare.sh scripts/packages.txt scripts/packages-test.txt
PATH=$root/node_modules/.bin:$PATH
export PATH
[ -f dist/main.cjs ] || npm run --silent build
[ $# -gt 0 ] || set -- startup verify probe kernel copy flist ignition promote promote-signed cleanup trust trust-hosts sbom plan-matrix workflow run boot
for name in "$@"; do
  echo "== $name"
  node "bench/$name.ts"
done
