/** Version of the way an OS image is composed; part of the key of every image. */
export const COMPOSE_VERSION = 1;

export interface ContainerfileRequest {
  /** References as they stand behind FROM. */
  base: string;
  kmods: string;
  /** Kernel releases whose module indexes are made. */
  kernels: string[];
  /** Modules that are loaded at boot. */
  load: string[];
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
  const { base, kmods, kernels, load, enable, has, labels } = request;
  const sources = [
    '/run/lockstep/kmods/*.deb',
    ...(has.packages ? ['/run/lockstep/packages/*.deb'] : []),
  ];
  const steps = [
    `apt-get -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null -y --no-install-recommends install ${sources.join(' ')}`,
    ...load.map((module) => `echo ${module} >> /etc/modules-load.d/lockstep.conf`),
    ...kernels.map((kernel) => `depmod -a ${kernel}`),
    ...enable.map((unit) => `systemctl enable ${unit}`),
    // zfsutils-linux makes a host id, which must be each machine's own.
    'rm -f /etc/hostid',
    'rm -rf /var/cache/apt/* /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache',
  ];
  return [
    '# Made by lockstep. Every input is pinned; see inputs.json beside this file.',
    `FROM ${kmods} AS kmods`,
    `FROM ${base}`,
    ...(has.overlay ? ['COPY overlay/ /'] : []),
    'RUN --mount=type=bind,from=kmods,source=/,target=/run/lockstep/kmods \\',
    ...(has.packages
      ? ['    --mount=type=bind,source=packages,target=/run/lockstep/packages \\']
      : []),
    '    set -eu; export DEBIAN_FRONTEND=noninteractive; mkdir -p /etc/modules-load.d; \\',
    `    ${steps.join('; \\\n    ')}`,
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`),
    '',
  ].join('\n');
}
