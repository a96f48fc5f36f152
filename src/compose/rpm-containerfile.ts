import { installScript } from '../container/dnf.ts';
import {
  type KmodsOfRecipe,
  kmodsFolder,
  kmodsStages,
  mountsOf,
  PACKAGES_FOLDER,
  REMOVE_MOUNTS,
} from './containerfile.ts';
import { ensureIndexScript } from './ensure-index.ts';

export interface RpmContainerfileRequest {
  /** As it stands behind FROM. */
  base: string;
  /** Of each kernel, oldest first. */
  kmods: readonly KmodsOfRecipe[];
  /** Kernels of the base that are taken out. */
  remove: readonly string[];
  /** Modules that are loaded at boot. */
  load: readonly string[];
  /** Units that are enabled. */
  enable: readonly string[];
  installer: 'dnf5' | 'dnf' | 'rpm-ostree';
  /** Where the certificate goes that hosts are to trust; it lies beside the recipe. */
  certificate?: string;
  /** Whether the context has packages, and a folder to lay over the root. */
  has: { packages: boolean; overlay: boolean };
  labels: Record<string, string>;
}

/**
 * The recipe of an OS image of the Fedora family, made to be read: everything that it takes is
 * pinned, no repository is asked. What it writes for itself goes below /usr, which an image-based
 * system owns; /etc belongs to its administrator.
 */
export function rpmContainerfile(request: RpmContainerfileRequest): string {
  const { base, kmods, certificate, has, labels } = request;
  return [
    '# Made by lockstep. Every input is pinned; see inputs.json beside this file.',
    ...kmodsStages(kmods),
    `FROM ${base}`,
    ...(has.overlay ? ['COPY overlay/ /'] : []),
    ...(certificate ? [`COPY certificate.der ${certificate}`] : []),
    `RUN ${mountsOf(kmods, has).join(' \\\n    ')} \\`,
    `    set -eu; \\\n    ${stepsOf(request).join('; \\\n    ')}`,
    `RUN ${REMOVE_MOUNTS}; if command -v bootc >/dev/null; then bootc container lint; fi`,
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`),
    '',
  ].join('\n');
}

function stepsOf({ kmods, remove, load, enable, installer, has }: RpmContainerfileRequest) {
  const packages = has.packages ? [`${PACKAGES_FOLDER}/*.rpm`] : [];
  const files = [...filesOf(kmods), ...packages].join(' ');
  return [
    ...remove.map(removeKernel),
    installer === 'rpm-ostree' ? `rpm-ostree install ${files}` : installScript(files, installer),
    'mkdir -p /usr/lib/modules-load.d',
    ...load.map((module) => `echo ${module} >> /usr/lib/modules-load.d/lockstep.conf`),
    ...kmods.map(({ kernel }) => ensureIndexScript(kernel)),
    ...enable.map((unit) => `systemctl enable ${unit}`),
    // A host id must be each machine's own.
    'rm -f /etc/hostid',
    'rm -rf /var/cache/* /var/log/* /var/lib/dnf /var/lib/rpm-state /run/dnf /tmp/*',
  ];
}

/**
 * Of the newest kernel everything, of the others the modules alone: what runs beside them lies in
 * each kmods image, and an image has it once.
 */
function filesOf(kmods: readonly KmodsOfRecipe[]): string[] {
  return kmods.map(({ kernel }, at) => {
    const names = at === kmods.length - 1 ? '*.rpm' : `kmod-*-${kernel}-*.rpm`;
    return `${kmodsFolder(kernel)}/${names}`;
  });
}

/**
 * All packages go that are for this kernel, which those of Fedora's kernel and of modules say by
 * providing or requiring `kernel-…-uname-r`; what scripts left of its folder goes with them.
 */
function removeKernel(kernel: string): string {
  const name = '%{=NAME}-%{=VERSION}-%{=RELEASE}.%{=ARCH}';
  const said = ['PROVIDE', 'REQUIRE'].map(
    (kind) => `[${name} %{${kind}NAME} %{${kind}VERSION}\\n]`,
  );
  const its = `s/^\\([^ ]*\\) kernel[^ ]*-uname-r ${kernel.replaceAll('.', '\\.')}$/\\1/p`;
  const packages = `rpm -qa --qf '${said.join('')}' | sed -n '${its}' | sort -u`;
  return `${packages} | xargs -r rpm -e --nodeps; rm -rf /usr/lib/modules/${kernel}`;
}
