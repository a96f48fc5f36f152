import { ensureIndexScript } from './ensure-index.ts';
import { refreshInitramfsScript } from './refresh-initramfs.ts';

/** The kmods image of one kernel in a recipe. */
export interface KmodsOfRecipe {
  kernel: string;
  /** As it stands behind FROM. */
  reference: string;
}

export interface ContainerfileRequest {
  /** As it stands behind FROM. */
  base: string;
  /** Of each kernel, oldest first; its module indexes are made. */
  kmods: readonly KmodsOfRecipe[];
  /** Modules that are loaded at boot. */
  load: readonly string[];
  /** Units that are enabled. */
  enable: readonly string[];
  /** Whether the context has packages, and a folder to lay over the root. */
  has: { packages: boolean; overlay: boolean };
  labels: Record<string, string>;
}

/**
 * The recipe of a Debian OS image, made to be read: everything that it takes is pinned, nothing is
 * fetched. Packages come from the context's `packages/`, the overlay from `overlay/`.
 */
export function debianContainerfile(request: ContainerfileRequest): string {
  const { base, kmods, load, enable, has, labels } = request;
  const sources = [
    ...kmods.map(({ kernel }) => `${kmodsFolder(kernel)}/*.deb`),
    ...(has.packages ? [`${PACKAGES_FOLDER}/*.deb`] : []),
  ];
  const steps = [
    `apt-get -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null -y --no-install-recommends install ${sources.join(' ')}`,
    ...load.map((module) => `echo ${module} >> /etc/modules-load.d/lockstep.conf`),
    ...kmods.map(({ kernel }) => ensureIndexScript(kernel)),
    ...kmods.map(({ kernel }) => refreshInitramfsScript(kernel)),
    ...enable.map((unit) => `systemctl enable ${unit}`),
    // zfsutils-linux makes a host id, which must be each machine's own.
    'rm -f /etc/hostid',
    'rm -rf /var/cache/apt/* /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache',
  ];
  return [
    '# Made by lockstep. Every input is pinned; see inputs.json beside this file.',
    ...kmodsStages(kmods),
    `FROM ${base}`,
    ...(has.overlay ? ['COPY overlay/ /'] : []),
    `RUN ${mountsOf(kmods, has).join(' \\\n    ')} \\`,
    '    set -eu; export DEBIAN_FRONTEND=noninteractive; mkdir -p /etc/modules-load.d; \\',
    `    ${steps.join('; \\\n    ')}`,
    `RUN ${REMOVE_MOUNTS}`,
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`),
    '',
  ].join('\n');
}

const MOUNTS = '/run/lockstep';

/** Shell, in a RUN of its own: what is bound in leaves the folders that it was bound to. */
export const REMOVE_MOUNTS = `rm -rf ${MOUNTS}`;

/** Where a recipe finds the packages that are installed beside the modules. */
export const PACKAGES_FOLDER = `${MOUNTS}/packages`;

/** Where a recipe finds what is in the kmods image of a kernel. */
export function kmodsFolder(kernel: string): string {
  return `${MOUNTS}/kmods/${kernel}`;
}

/** The lines of a recipe that name the kmods images. */
export function kmodsStages(kmods: readonly KmodsOfRecipe[]): string[] {
  return kmods.map(({ reference }, at) => `FROM ${reference} AS kmods-${at + 1}`);
}

/** What a recipe's RUN binds in: the kmods images, and the packages of the context. */
export function mountsOf(
  kmods: readonly KmodsOfRecipe[],
  has: ContainerfileRequest['has'],
): string[] {
  const bind = (from: string, target: string) => `--mount=type=bind,${from},target=${target}`;
  return [
    ...kmods.map(({ kernel }, at) => bind(`from=kmods-${at + 1},source=/`, kmodsFolder(kernel))),
    ...(has.packages ? [bind('source=packages', PACKAGES_FOLDER)] : []),
  ];
}
