/** Folders of modules that a machine needs to start and that images are made of. */
const CORE = [
  'arch',
  'block',
  'crypto',
  'drivers/ata',
  'drivers/block',
  'drivers/cdrom',
  'drivers/char/hw_random',
  'drivers/crypto/virtio',
  'drivers/md',
  'drivers/net/tun',
  'drivers/net/veth',
  'drivers/net/virtio_net',
  'drivers/nvme',
  'drivers/scsi',
  'drivers/virtio',
  'fs',
  'lib',
  'mm',
  'net/core',
  'net/ipv4',
  'net/ipv6',
  'net/netfilter',
  'net/packet',
  'net/unix',
  'net/vmw_vsock',
];

/** The modules of `kernel-modules-core` and those of `kernel-modules`, as paths below RELEASE. */
export interface Split {
  core: string[];
  rest: string[];
}

/** Parts modules by `modules.dep` text, so that nothing in the core needs a module of the rest. */
export function splitModules(dep: string): Split {
  const needs = new Map(dep.split('\n').filter(Boolean).map(parseLine));
  const core = new Set<string>();
  for (const path of needs.keys()) {
    if (!CORE.some((folder) => path.startsWith(`kernel/${folder}`))) continue;
    for (const one of [path, ...(needs.get(path) ?? [])]) core.add(one);
  }
  const all = [...needs.keys()].sort();
  return {
    core: all.filter((path) => core.has(path)),
    rest: all.filter((path) => !core.has(path)),
  };
}

/** `kernel/a.ko.xz: kernel/b.ko.xz kernel/c.ko.xz`, in which all that is needed stands. */
function parseLine(line: string): [string, string[]] {
  const [path = '', needed = ''] = line.split(':');
  return [path, needed.split(' ').filter(Boolean)];
}
