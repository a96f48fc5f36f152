#!/bin/sh
# Installs what a fresh clone lacks: Debian packages (named in the lists given as arguments) and the
# npm dependencies. Says first what it will do; where it may not install, names the packages and stops.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

listed() { sed -e 's/#.*//' "$@" | awk 'NF { print $1 }' | sort -u; }
installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

missing=
for package in $(listed "$@"); do
  installed "$package" || missing="$missing $package"
done
missing=${missing# }

refuse() {
  echo "lockstep: $1" >&2
  echo "lockstep: install these Debian packages, then call this again: $missing" >&2
  exit 2
}

install_packages() {
  echo "lockstep: installing Debian packages: $missing"
  command -v apt-get >/dev/null || refuse "this is not a Debian system"
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || refuse "only root may install packages, and there is no sudo"
    sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; } || refuse "sudo does not let $(id -un) install packages"
    as_root=sudo
  fi
  # shellcheck disable=SC2086 # a list of package names
  {
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
  }
}

[ -z "$missing" ] || install_packages

stamp=node_modules/.lockstep-installed
if ! cmp -s package-lock.json "$stamp"; then
  echo "lockstep: installing npm dependencies (npm ci)"
  npm ci --no-progress --loglevel=error
  cp package-lock.json "$stamp"
fi
