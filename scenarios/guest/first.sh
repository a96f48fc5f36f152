#!/lockstep/busybox sh
# The guest's first program, in the initramfs: reaches the root disk, puts a writable layer over
# it and hands over to second.sh, which runs in the image's own root, with the channels open:
# descriptor 3 is the verdict channel, 4 takes what the scenario prints.
b=/lockstep/busybox

give_up() {
	echo "lockstep: $1"
	$b poweroff -f
}

# Sets $found to the block device with this serial, waiting for it when need be.
find_disk() {
	found=
	tries=0
	while [ $tries -lt 100 ]; do
		for device in /sys/block/*; do
			[ -e "$device/serial" ] || continue
			serial=
			read -r serial <"$device/serial"
			if [ "$serial" = "$1" ]; then
				found=/dev/${device##*/}
				return 0
			fi
		done
		tries=$((tries + 1))
		$b sleep 0.1
	done
	return 1
}

# Sets $port to the device of a virtio port, waiting for it when need be.
find_port() {
	port=
	tries=0
	while [ $tries -lt 500 ]; do
		for entry in /sys/class/virtio-ports/*; do
			[ -e "$entry/name" ] || continue
			name=
			read -r name <"$entry/name"
			if [ "$name" = "$1" ] && [ -e "/dev/${entry##*/}" ]; then
				port=/dev/${entry##*/}
				return 0
			fi
		done
		tries=$((tries + 1))
		$b sleep 0.02
	done
	give_up "the channel $1 did not appear"
}

# The root disk is made while the guest starts; lockstep says when it is whole.
await_root() {
	word=
	while [ "$word" != whole ]; do
		read -r word <&3 || give_up 'the root disk did not become whole'
	done
}

$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs devtmpfs /dev
for module in /lockstep/modules/*; do
	[ -e "$module" ] || continue
	$b insmod "$module" || echo "lockstep: cannot load ${module##*/}"
done

find_port dev.lockstep.verdict
exec 3<>"$port"
find_port dev.lockstep.output
exec 4>"$port"

find_disk lockstep-root || give_up 'the root disk did not appear'
await_root
# What was read of the disk before it was whole, in search of partitions, is forgotten.
$b blockdev --flushbufs "$found"
$b mount -t squashfs -o ro "$found" /lower || give_up 'cannot mount the root disk'
$b mount -t tmpfs -o mode=755 tmpfs /upper || give_up 'cannot mount a tmpfs'
$b mkdir /upper/files /upper/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root ||
	give_up 'cannot mount an overlay over the root disk'

cd /root || give_up 'the image has no root'
$b mkdir -p proc sys dev run tmp var
$b mount -t proc proc proc
$b mount -t sysfs sysfs sys
$b mount -t devtmpfs devtmpfs dev
$b mkdir -p dev/pts dev/shm
$b mount -t devpts devpts dev/pts
$b mount -t tmpfs -o mode=755 tmpfs run
$b mkdir run/lockstep
$b cp -r /lockstep/busybox /lockstep/files/. run/lockstep/

$b mount --move . /
exec $b chroot . /run/lockstep/busybox sh /run/lockstep/second.sh
