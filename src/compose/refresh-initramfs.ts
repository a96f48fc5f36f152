/**
 * Shell: makes the initramfs of a kernel anew where it holds a module that has been replaced since
 * (initramfs-tools; Debian's has most drivers of the kernel). What stands in it is loaded first.
 */
export function refreshInitramfsScript(kernel: string, root = ''): string {
  const initramfs = `${root}/boot/initrd.img-${kernel}`;
  const names = "sed -n 's,^.*/,,; s/\\.ko.*$//p' | tr - _ | sort -u";
  const added = `find ${root}/usr/lib/modules/${kernel}/updates -name '*.ko*' | ${names}`;
  const held = `lsinitramfs ${initramfs} | ${names}`;
  const replaced = `{ ${added}; ${held}; } | sort | uniq -d`;
  return `if [ -e ${initramfs} ] && [ -n "$(${replaced})" ]; then update-initramfs -u -k ${kernel}; fi`;
}
