#!/bin/sh
# Makes a root that has about 2 GB as zstd packs it, out of the archive's packages: a Debian with its
# kernel, and data that does not shrink. The module that did not come with the kernel is a copy.
#   sh bench/sbom-image.sh ROOT.tar PACKAGES.txt
set -eu
to=${1:?the archive to write}
list=${2:?the list of packages to write}
mirror=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "Debian" && $2 !~ /security/ { print $3; exit }')
[ -n "$mirror" ] || { echo "sbom-image: apt is configured with no mirror of Debian" >&2; exit 2; }
mmdebstrap --quiet --variant=apt --include=linux-image-amd64,0ad-data \
  --customize-hook='cd "$1"/usr/lib/modules/* && mkdir updates && cp kernel/drivers/net/dummy.ko updates/own.ko' \
  --format=tar bookworm "$to" "$mirror"
admin=$(mktemp -d)
trap 'rm -rf "$admin"' EXIT
tar -xf "$to" -C "$admin" ./var/lib/dpkg/status ./var/lib/dpkg/info
dpkg-query --admindir="$admin/var/lib/dpkg" -W -f '${db:Status-Status} ${Package} ${Version}\n' |
  sed -n 's/^installed //p' | LC_ALL=C sort > "$list"
