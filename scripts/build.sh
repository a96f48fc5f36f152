#!/bin/sh
# Makes the npm package's code in dist/: bundled for running, with the types of the library.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
rm -rf dist
node_modules/.bin/node scripts/bundle.ts dist
node_modules/.bin/tsc -p tsconfig.build.json
chmod +x dist/main.cjs
