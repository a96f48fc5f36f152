#!/bin/sh
# From a fresh clone to a promoted image that has booted: installs what is missing, then runs lockstep
# in examples/debian-zfs. A second call finds nothing to do.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/scripts/prepare.sh" "$root/scripts/packages.txt"
exec "$root/bin/lockstep" run -C "$root/examples/debian-zfs" "$@"
