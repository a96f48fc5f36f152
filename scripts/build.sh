#!/bin/sh
# Compiles the npm package into dist/.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
rm -rf dist
node_modules/.bin/tsc -p tsconfig.build.json
chmod +x dist/command/main.js
