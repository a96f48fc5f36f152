# The guest's supervisor, in the image's root: opens the channels, runs the scenario with the
# image's own shell and programs, and tells how that ended. Sourced settings: MODULES.
b=/run/lockstep/busybox
. /run/lockstep/settings.sh

# Sets $port to the device of a virtio port, waiting for it when need be.
find_port() {
	port=
	tries=0
	while [ $tries -lt 100 ]; do
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
		$b sleep 0.1
	done
	echo "lockstep: the channel $1 did not appear"
	$b poweroff -f
}

find_port dev.lockstep.verdict
exec 3<>"$port"
find_port dev.lockstep.output
exec 4>"$port"

# Before lockstep ends a guest that hangs it asks what hangs where: tasks that wait in the kernel,
# and what each processor does (Documentation/admin-guide/sysrq.rst).
while read -r word <&3; do
	[ "$word" != stacks ] || for key in w l; do echo $key >/proc/sysrq-trigger; done
done 4>&- &

DISKS=
for device in /sys/block/*; do
	[ -e "$device/serial" ] || continue
	serial=
	read -r serial <"$device/serial"
	case $serial in
	lockstep-spare-*) DISKS="$DISKS${DISKS:+ }/dev/${device##*/}" ;;
	esac
done

read -r kernel </proc/sys/kernel/osrelease
printf '{"event":"begin","format":1,"kernel":"%s"}\n' "$kernel" >&3

cd /
status=127
if [ -x /bin/sh ]; then
	HOME=/root TERM=dumb LC_ALL=C DISKS=$DISKS MODULES=$MODULES \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		/bin/sh -c '. /run/lockstep/steps.sh && . /run/lockstep/scenario.sh' </dev/null >&4 2>&4
	status=$?
else
	echo 'lockstep: the image has no /bin/sh' >&4
fi

# Not with `read`, which asks byte by byte: numbers of sysctl come whole or not at all.
taint=$($b cat /proc/sys/kernel/tainted)
printf '{"event":"end","status":%d,"taint":%d}\n' "$status" "$taint" >&3
$b poweroff -f
