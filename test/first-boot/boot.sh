# What the guest does: the first boot with Ignition, or a later one. Each step is told on the
# verdict channel with its exit status.
. /run/lockstep/settings.sh
udevadm settle
exec 3>/dev/virtio-ports/dev.lockstep.verdict
exec >/dev/virtio-ports/dev.lockstep.output 2>&1

FW=/sys/firmware/qemu_fw_cfg/by_name/opt
ROOT=/dev/disk/by-partlabel/root

step() {
	name=$1
	shift
	echo "# $name"
	"$@"
	echo "$name $?" >&3
}

ignition() {
	/usr/lib/dracut/modules.d/30ignition/ignition --root=/sysroot --log-to-stdout "$@"
}

network() {
	modprobe -a virtio_net qemu_fw_cfg && ip link set eth0 up && ip address add 10.0.2.15/24 dev eth0
}

# A pointer whose hash is that of another document.
wrong_hash() {
	IGNITION_CONFIG_FILE=$FW/dev.lockstep/wrong/raw ignition --platform=file --stage=fetch \
		--config-cache=/run/wrong.json --neednet=/run/wrong.neednet
}

stage() {
	ignition --platform=qemu --stage="$1"
}

# What CoreOS does between these stages: the new root is mounted, and its own files move there.
new_root() {
	mount /dev/mapper/root /sysroot || return
	mkdir -p /sysroot/var /sysroot/etc/selinux/t/contexts/files
	echo 'SELINUXTYPE=t' >/sysroot/etc/selinux/config
	touch /sysroot/etc/selinux/t/contexts/files/file_contexts
	echo 'root:x:0:0:root:/root:/bin/sh' >/sysroot/etc/passwd
	echo 'root:x:0:' >/sysroot/etc/group
	touch /sysroot/etc/shadow /sysroot/etc/gshadow
}

first_boot() {
	step network network
	step wrong-hash wrong_hash
	for stage in fetch disks; do step $stage stage $stage; done
	step root new_root
	for stage in mount files umount; do step $stage stage $stage; done
	umount /sysroot
}

later_boot() {
	step unlock clevis luks unlock -d $ROOT -n root
	step mount mount /dev/mapper/root /sysroot
	step hostname grep -x nas /sysroot/etc/hostname
	step key grep -r 'ssh-ed25519 AAAA' /sysroot/home/core/.ssh
	step crypttab grep '^root UUID=' /sysroot/etc/crypttab
	mount /dev/disk/by-partlabel/var /sysroot/var
	step var grep made /sysroot/var/lib/made
	step header cryptsetup isLuks --type luks2 $ROOT
}

mkdir -p /sysroot
modprobe -a dm_crypt xts
${BOOT}_boot
sync
