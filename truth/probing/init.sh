#!/bin/busybox sh
# The first program of a probing guest: for each line "ID MODULE" of /cases it enters /c/ID, has
# depmod index the kernel there, asks where the module is found, and has modprobe load it, once by
# its name alone and once with blacklists applied. Answers go into the kernel's log, as they happen.
PATH=/common/bin
export PATH
mkdir -p /proc /sys /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
say() { echo "@$*" > /dev/kmsg; }
unload() {
	for round in 1 2 3; do
		for loaded in $(cut -d ' ' -f 1 /proc/modules); do rmmod "$loaded" 2> /dev/null; done
	done
}
try() {
	say load "$1" "$2"
	shift 2
	chroot "$@" 2> /dev/kmsg > /dev/null
	status=$?
	loaded=no
	grep -q "^$module " /proc/modules && loaded=yes
	say loaded "$id" "$loaded" "$status"
	unload
}
while read -r id module; do
	root=/c/$id
	for folder in bin lib64 usr/lib/x86_64-linux-gnu; do
		mkdir -p "$root/$folder"
		mount --bind "/common/$folder" "$root/$folder"
	done
	for folder in proc sys dev; do
		mkdir -p "$root/$folder"
		mount --bind "/$folder" "$root/$folder"
	done
	say begin "$id"
	chroot "$root" /bin/depmod -a 2> /dev/kmsg
	say file "$id" "$(chroot "$root" /bin/modinfo -n "$module" 2> /dev/null)"
	try "$id" name "$root" /bin/modprobe "$module"
	try "$id" device "$root" /bin/modprobe -b "$module"
	say end "$id"
done < /cases
say done
reboot -f
