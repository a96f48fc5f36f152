#!/bin/sh
# Fetches programs of newer Debian suites for the tests that compare with them. Nothing is installed:
# each is unpacked into a folder of its own and started through FOLDER/bin/NAME. Mirror and settings are
# those of this machine's apt; its signed indexes, by which packages are checked, go to lists of their own.
#   sh scripts/peers.sh FOLDER [crane|oras|cosign-2|cosign-3|skopeo-sid|just]...
set -eu
to=${1:?the folder to fetch into}
shift
[ $# -gt 0 ] || set -- crane oras cosign-2 cosign-3 skopeo-sid just
mkdir -p "$to/bin"
to=$(CDPATH='' cd -- "$to" && pwd)
exec 9> "$to/lock"
flock 9
mirror=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "Debian" && $2 !~ /security/ { print $3; exit }')
[ -n "$mirror" ] || { echo "peers: apt is configured with no mirror of Debian" >&2; exit 2; }

fresh=$to/fresh
trap 'rm -rf "$fresh" "$to/apt"' EXIT

# private SUITE COMMAND ARGUMENT...: an apt that knows this suite alone and thinks that nothing is installed.
private() {
  suite=$to/apt/$1
  shift
  apt-get -qq -o Dir::Etc::SourceList="$suite/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$suite" -o Dir::State::status=/dev/null -o Dir::Cache="$suite" \
    -o Dir::Cache::archives="$fresh/archives" -o APT::Sandbox::User='' -o APT::Install-Recommends=false \
    -o Acquire::Languages=none -o Acquire::PDiffs=false -o APT::Get::AllowUnauthenticated=false "$@"
}

# Each suite's index is fetched once in a call.
updated=' '
update() {
  case $updated in *" $1 "*) return 0 ;; esac
  mkdir -p "$to/apt/$1/lists/partial"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$1" \
    > "$to/apt/$1/sources.list"
  private "$1" update
  updated="$updated$1 "
}

# fetch NAME SUITE PACKAGE [libraries]: puts the tree NAME in place at one blow, then its start.
fetch() {
  [ -x "$to/bin/$1" ] && return 0
  update "$2"
  rm -rf "$fresh" "${to:?}/$1"
  mkdir -p "$fresh/archives/partial" "$fresh/root"
  if [ "${4-}" = libraries ]; then
    private "$2" install --yes --download-only "$3"
  else
    (cd "$fresh/archives" && private "$2" download "$3")
  fi
  for file in "$fresh"/archives/*.deb; do dpkg-deb -x "$file" "$fresh/root"; done
  mv "$fresh/root" "$to/$1"
  start "$1" "$3" "${4-}" > "$fresh/start"
  chmod +x "$fresh/start"
  mv "$fresh/start" "$to/bin/$1"
}

# With libraries of its own a program needs their loader too, which is never older than they are.
start() {
  echo '#!/bin/sh'
  program=$to/$1/usr/bin/$2
  if [ "$3" = libraries ]; then
    loader=$(find "$to/$1/" -name 'ld-linux*' | head -n 1)
    libraries=$(dirname "$(find "$to/$1/" -name 'libc.so.6' | head -n 1)")
    program="$loader' --library-path '$libraries' '$program"
  fi
  echo "exec '$program' \"\$@\""
}

for name in "$@"; do
  case $name in
    crane | oras) fetch "$name" sid "$name" ;;
    cosign-2) fetch "$name" trixie cosign ;;
    cosign-3) fetch "$name" sid cosign ;;
    skopeo-sid) fetch "$name" sid skopeo libraries ;;
    just) fetch "$name" trixie just libraries ;;
    *) echo "peers: no peer is called $name" >&2; exit 2 ;;
  esac
done
