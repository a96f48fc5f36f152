import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { findProgram, PACKAGE_OF, type ProgramName } from '../../system/program.ts';
import { findScenario, type Scenario } from '../../vm/scenario.ts';
import { overlayFolder } from '../inputs/overlay.ts';
import type { RunContext } from './run-context.ts';

/** Bytes that a root, its packages and the containers of a run take together. */
const ROOM = 4 * 2 ** 30;

/** What every run starts; an image is also built in a root of its own where its base is Debian. */
const PROGRAMS = ['buildah', 'sqfstar', 'busybox'] as const satisfies ProgramName[];
const DEBIAN_PROGRAMS = ['apt-get', 'mmdebstrap', 'unshare', 'dpkg-deb'] as const;
const QEMU = { x64: 'qemu-system-x86_64', arm64: 'qemu-system-aarch64' } as const;

/**
 * Looks for what would end a run late: programs that are not installed, a scenario or an overlay
 * that is not there, too little room, and packages of the image that nobody has
 * (with `askForPackages`; planning asks for them anyway). Builds nothing.
 */
export async function preflight(
  context: RunContext,
  askForPackages?: () => Promise<void>,
): Promise<Finding[]> {
  const { stream, project, env } = context;
  const scenario = await asked({ rule: 'scenario-unusable', key: 'gates.boot' }, () =>
    findScenario(stream.gates.boot, [join(project, 'scenarios')]),
  );
  const overlay = await asked({ rule: 'overlay-unusable', key: 'image.overlay' }, () =>
    overlayFolder(project, stream.image.overlay),
  );
  const found = askForPackages
    ? await asked({ rule: 'package-missing', key: 'image.packages' }, askForPackages)
    : { findings: [] };
  const free = await freeBytes(project);
  return [
    ...programFindings(programsOf(stream), (name) => findProgram(name, env) != null),
    ...scenario.findings,
    ...overlay.findings,
    ...found.findings,
    ...roomFindings(free, scenario.value),
  ];
}

/** The programs that a run of a stream starts on this machine. */
export function programsOf(
  stream: Pick<Stream, 'base'>,
  architecture: string = process.arch,
): ProgramName[] {
  const qemu = architecture === 'arm64' ? QEMU.arm64 : QEMU.x64;
  return [...PROGRAMS, qemu, ...(stream.base.debian ? DEBIAN_PROGRAMS : [])];
}

/** A finding for each program that is not installed, with the package that has it. */
export function programFindings(
  names: readonly ProgramName[],
  isThere: (name: ProgramName) => boolean,
): Finding[] {
  const missing = names.filter((name) => !isThere(name));
  return missing.map((name) => ({
    rule: 'program-missing',
    severity: 'error',
    message: `${name} is not installed`,
    hint: `install the package ${PACKAGE_OF[name]}`,
  }));
}

/** What too little room would end: a run, or the guest that fills its spare disks. */
export function roomFindings(
  free: number,
  scenario: Pick<Scenario, 'name' | 'disks' | 'diskSize'> | undefined,
): Finding[] {
  const disks = (scenario?.disks ?? 0) * (scenario?.diskSize ?? 0);
  const wanted = ROOM + disks;
  if (free >= wanted) return [];
  const spare = disks > 0 ? `, ${gigabytes(disks)} of it for the disks of ${scenario?.name}` : '';
  return [
    {
      rule: 'little-room',
      severity: 'warning',
      message: `a run may need ${gigabytes(wanted)}${spare}; ${gigabytes(free)} are free`,
      hint: 'make room, or work in another folder with -C',
    },
  ];
}

/** What somebody can mend becomes a finding, at the place that it names; other failures are thrown. */
async function asked<T>(
  { rule, key }: { rule: string; key: string },
  ask: () => Promise<T>,
): Promise<{ value?: T; findings: Finding[] }> {
  try {
    return { value: await ask(), findings: [] };
  } catch (error) {
    if (!(error instanceof LockstepError) || error.kind !== 'user') throw error;
    const { message, hint, places } = error;
    const [{ file, line, column } = {}] = places;
    const where = file == null ? { key } : { file, line, column };
    return { findings: [{ rule, severity: 'error', message, where, ...(hint && { hint }) }] };
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
