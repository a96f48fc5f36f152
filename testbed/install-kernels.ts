import type { Place } from '../truth/kernels/place.ts';
import { runStep } from './compose.ts';
import type { KernelRpms } from './kernel-rpms.ts';
import type { Parts, Stage } from './parts.ts';

/** What a base has of a kernel: all but what only builders need. */
const INSTALLED = /\/kernel(-core|-modules|-modules-core)?-\d[^/]*\.rpm$/;

/** dnf in the image installs the kernels; what it leaves behind is no part of an image. */
const INSTALL = `dnf -y -q --disablerepo='*' install /run/packages/*.rpm
for folder in /usr/lib/modules/*; do test -s "$folder/modules.dep"; done
rm -rf /var/cache/dnf /var/log/dnf* /var/log/hawkey* /var/cache/ldconfig/aux-cache
`;

/** Installs kernels into a root of the testbed by the root's own dnf. */
export function installKernels(
  root: Stage,
  kernels: readonly KernelRpms[],
  place: Place & { parts: Parts },
): Promise<Stage> {
  const packages = kernels.flatMap(({ rpms }) => rpms.filter((path) => INSTALLED.test(path)));
  const key = kernels.map((kernel) => kernel.key);
  return runStep({ base: root, script: INSTALL, packages, key }, place);
}
