/**
 * Shell: indexes the modules of a kernel (depmod) unless the index is younger than all of them and
 * than their folders. Packages of modules mostly index by their own scripts, and an image build
 * cannot rely on it; but to index thousands of modules a second time takes many seconds.
 */
export function ensureIndexScript(kernel: string, root = ''): string {
  const modules = `${root}/usr/lib/modules/${kernel}`;
  const index = `${modules}/modules.dep.bin`;
  // depmod writes into the kernel's own folder, so that one is always as young.
  const younger = `find ${modules} -mindepth 1 \\( -type d -o -name '*.ko*' \\) -cnewer ${index} -print -quit || echo unknown`;
  const depmod = ['depmod', ...(root ? ['-b', root] : []), '-a', kernel].join(' ');
  return `if [ ! -e ${index} ] || [ -n "$(${younger})" ]; then ${depmod}; fi`;
}
