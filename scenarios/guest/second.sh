# The guest's supervisor, in the image's root: runs the scenario with the image's own shell and
# programs, and tells how that ended. Open are the channels of first.sh. Sourced settings: MODULES.
b=/run/lockstep/busybox
. /run/lockstep/settings.sh

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
