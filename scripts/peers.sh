#!/bin/sh
# Fetches registry clients of newer Debian suites for the tests that compare with them: crane and
# oras, unpacked into a folder (default .lockstep/peers), nothing installed. Uses the mirror that this
# machine's apt is configured with, by lists of its own.
set -eu
to=${1:-.lockstep/peers}
mkdir -p "$to/apt/lists/partial" "$to/apt/archives/partial" "$to/root"
to=$(CDPATH='' cd -- "$to" && pwd)
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | awk '$2 !~ /security/ { print $1; exit }')
[ -n "$mirror" ] || { echo "peers: apt is configured with no mirror" >&2; exit 2; }
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$mirror" > "$to/apt/sources.list"
apt() {
  command=$1
  shift
  apt-get -qq "$command" -o Dir::Etc::SourceList="$to/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$to/apt/lists" -o Dir::Cache="$to/apt" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none -o Acquire::PDiffs=false "$@"
}
apt update
cd "$to/apt/archives"
for package in crane oras; do
  apt download "$package" || echo "peers: $package cannot be fetched" >&2
done
for file in *.deb; do
  [ -f "$file" ] && dpkg-deb -x "$file" "$to/root"
done
ls "$to/root/usr/bin"
