#lockstep version 1
#lockstep summary Makes a pool on a spare disk, uses it, and reads it back after an import
#lockstep disks 1
#lockstep disk-size 2G
#lockstep memory 2G
#lockstep deadline 5m
#lockstep silence 90s

pool=lockstep
mountpoint=/var/mnt/$pool
disk=${DISKS%% *}

# The first of the lines "zfs-VERSION" and "zfs-kmod-VERSION" is the userland's, the second the
# module's. Releases after the last dash may differ: they count the packagings of one version.
versions_agree() {
	userland=
	module=
	zfs version >/run/versions
	cat /run/versions
	while read -r line; do
		case $line in
		zfs-kmod-*) module=${line#zfs-kmod-} ;;
		zfs-*) userland=${line#zfs-} ;;
		esac
	done </run/versions
	[ -n "$userland" ] || fail 'the userland does not say its version'
	[ -n "$module" ] || fail 'the module does not say its version'
	[ "${userland%-*}" = "${module%-*}" ] || fail "userland is $userland, module is $module"
}

# A disk that was in a pool before keeps labels at both its ends, and on its partitions.
wipe() {
	for part in "$disk" "$disk"?*; do
		[ -b "$part" ] || continue
		zpool labelclear -f "$part" 2>/dev/null || echo "$part has no label"
	done
	dd if=/dev/zero of="$disk" bs=1M count=4 2>/dev/null
	read -r sectors <"/sys/block/${disk##*/}/size"
	dd if=/dev/zero of="$disk" bs=1M count=4 seek=$((sectors / 2048 - 4)) 2>/dev/null
}

# There is no udev in the guest. OpenZFS waits half a minute for it to say that a partition and its
# links are there, then gives up. Entries in its database say so: initialized (I), and with the
# device itself as a link (S), because some builds of OpenZFS ask for links only.
settle() {
	mkdir -p /run/udev/data
	read -r number <"/sys/block/${disk##*/}/dev"
	for part in '' 1 9; do
		printf 'S:%s\nI:1\n' "${disk#/dev/}$part" \
			>"/run/udev/data/b${number%:*}:$((${number#*:} + ${part:-0}))"
	done
}

create() {
	settle
	zpool create -f -o ashift=12 -O mountpoint=none "$pool" "$disk"
	zpool status "$pool"
}

dataset() {
	mkdir -p /var/mnt
	zfs create -o mountpoint="$mountpoint" "$pool/data"
	mounted=
	while read -r device where type rest; do
		[ "$device $where $type" != "$pool/data $mountpoint zfs" ] || mounted=yes
	done </proc/mounts
	[ "$mounted" ] || fail "$pool/data is not mounted on $mountpoint"
}

write() {
	dd if=/dev/urandom of="$mountpoint/random" bs=1M count=16 2>/dev/null
	dd if=/dev/zero of="$mountpoint/zeros" bs=1M count=4 2>/dev/null
	sync -f "$mountpoint/random"
}

checksum() {
	sha256sum "$mountpoint/random" "$mountpoint/zeros" >/run/checksums
	cat /run/checksums
}

scrub() {
	zpool scrub -w "$pool"
	no_errors
}

no_errors() {
	zpool status "$pool" >/run/status
	cat /run/status
	while read -r line; do
		case $line in
		'errors: No known data errors') return 0 ;;
		esac
	done </run/status
	fail 'the pool has errors'
}

import() {
	zpool import -d /dev "$pool"
}

read_back() {
	sha256sum -c /run/checksums
}

snapshot() {
	zfs snapshot "$pool/data@before"
	echo changed >"$mountpoint/random"
	rm "$mountpoint/zeros"
	! sha256sum -c /run/checksums 2>/dev/null || fail 'a change did not change the file'
}

rollback() {
	zfs rollback "$pool/data@before"
	sha256sum -c /run/checksums
}

# Up to OpenZFS 2.1 there are more modules than these two, and modprobe leaves some behind.
unload() {
	for module in zfs zcommon znvpair spl; do
		! find_module "$module" || modprobe -v -r "$module"
		! find_module "$module" || fail "$module is still there after modprobe -r"
	done
}

step 'a spare disk is there' test -b "$disk"
step 'load' modprobe -v zfs
step 'versions agree' versions_agree
step 'wipe' wipe
step 'create' create
step 'dataset' dataset
step 'write' write
step 'checksum' checksum
step 'scrub' scrub
step 'export' zpool export "$pool"
step 'import' import
step 'read back' read_back
step 'snapshot' snapshot
step 'rollback' rollback
step 'destroy' zpool destroy "$pool"
step 'unload' unload
