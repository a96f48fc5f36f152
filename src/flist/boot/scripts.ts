/** What a machine that boots from flists is told; every value can be overridden where it boots. */
export interface BootOptions {
  /** Where the manifests lie: `modules-RELEASE.fl` and `firmware-latest.fl`. */
  folder: string;
  /** Seconds that a store may take before the boot goes on without it. */
  wait: number;
}

/** One thing that is mounted at boot, before devices are looked for. */
export interface BootMount {
  name: 'firmware' | 'modules';
  /** Words of sh that name the place and the manifest. */
  target: string;
  manifest: string;
  /** Variable that names another manifest. */
  variable: 'FIRMWARE_FLIST' | 'MODULES_FLIST';
  /** Word of sh that names a file of the mounted tree, which is read to find out about the store. */
  proof: string;
}

/** Firmware first: modules ask for it as soon as they are loaded. */
export const BOOT_MOUNTS: readonly BootMount[] = [
  {
    name: 'firmware',
    target: '/usr/lib/firmware',
    manifest: 'firmware-latest.fl',
    variable: 'FIRMWARE_FLIST',
    proof: '$(find "$target" -type f | head -n 1)',
  },
  {
    name: 'modules',
    target: '/lib/modules/$(uname -r)',
    manifest: 'modules-$(uname -r).fl',
    variable: 'MODULES_FLIST',
    proof: '$target/modules.dep',
  },
];

/**
 * A script for any sh, busybox too, that mounts one flist. It never fails a boot: what cannot be
 * mounted in time is said, and the initramfs's own files stay in place.
 */
export function mountScript(mount: BootMount, { folder, wait }: BootOptions): string {
  const { name, target, manifest, variable, proof } = mount;
  return `#!/bin/sh
# Mounts the flist of ${name}. RFS_BIN names the program that mounts (lockstep flist, or rfs),
# ${variable} another manifest.
target=${target}
manifest=\${${variable}:-${folder}/${manifest}}
wait=\${FLIST_WAIT:-${wait}}

say() { echo "${name}: $*" > /dev/console 2>/dev/null || echo "${name}: $*" >&2; }
keep() { say "$*; the files of the initramfs stay in use"; exit 0; }
release() { umount -f -l "$target"; keep "$@"; }
mounted() { grep -q " $target fuse[. ]" /proc/mounts; }

program() {
  if [ -n "$RFS_BIN" ]; then echo "$RFS_BIN"
  elif command -v lockstep > /dev/null; then echo "lockstep flist"
  else command -v rfs
  fi
}

mkdir -p "$target" /var/cache/flist /var/log
target=$(readlink -f "$target")
mounted && { say "$target is mounted already"; exit 0; }
[ -r "$manifest" ] || keep "$manifest is not there"
program=$(program)
[ -n "$program" ] || keep "neither lockstep nor rfs is there"
case $program in
  rfs | */rfs) for needed in fusermount mountpoint; do
    command -v $needed > /dev/null || keep "rfs needs $needed, which is not there"
  done ;;
esac
[ -e /dev/fuse ] || modprobe fuse 2> /dev/null
$program mount -m "$manifest" -c /var/cache/flist -d -l "/var/log/flist-${name}.log" "$target" ||
  keep "$manifest could not be mounted"

# A store that does not answer would stop whoever reads first; ask it while waiting is bounded.
proof=${proof}
until head -c 1 "\${proof:-/dev/null}" > /dev/null 2>&1; do sleep 1; done &
asking=$!
while kill -0 "$asking" 2> /dev/null && [ "$wait" -gt 0 ]; do sleep 1; wait=$((wait - 1)); done
if kill "$asking" 2> /dev/null; then
  release "the store did not answer"
fi
${name === 'modules' ? MODULES_CHECK : ''}say "$target is $manifest"
`;
}

/** Modules of another kernel would fail one by one, later and with less to say. */
const MODULES_CHECK = `
module=$(find "$target" -name '*.ko' -o -name '*.ko.*' | head -n 1)
built_for=$(modinfo -F vermagic "$module" 2> /dev/null | cut -d ' ' -f 1)
# The modinfo of busybox takes no path.
[ -n "$built_for" ] ||
  built_for=$(tr '\\0' '\\n' < "$module" | sed -n 's/^vermagic=\\([^ ]*\\).*/\\1/p')
if [ -n "$built_for" ] && [ "$built_for" != "$(uname -r)" ]; then
  release "$manifest holds modules of $built_for"
fi
if [ ! -s "$target/modules.dep.bin" ] || ! modprobe -D fuse > /dev/null 2>&1; then
  say "the indexes of modules do not fit: depmod -A"
  depmod -A 2> /dev/null || say "depmod failed: the tree is read-only, pack it with its indexes"
fi

`;

/** After both mounts: devices are looked for again, now with all modules and firmware. */
export const COLDPLUG_SCRIPT = `#!/bin/sh
# Looks for devices again, now that all modules and firmware are there.
command -v udevadm > /dev/null || exit 0
udevadm control --reload
udevadm trigger --type=subsystems --action=add
udevadm trigger --type=devices --action=add
# A device that takes longer stops no boot.
udevadm settle --timeout=60 || exit 0
`;
