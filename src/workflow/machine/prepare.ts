/** What a machine is like before a job works on it. */
export interface MachineFacts {
  /** Bytes that are free where the project lies. */
  free: number;
  /** Folders of the engine's own machines that no job of lockstep needs, and that are there. */
  removable: readonly string[];
  /** Whether guests can use the processor's help. */
  kvm: 'usable' | 'closed' | 'absent';
  /** True where only root may make user namespaces (Ubuntu 24.04, AppArmor). */
  namespacesClosed: boolean;
  /** Debian packages whose programs are missing. */
  packages: readonly string[];
}

/** A command that root runs, and what it is for; `optional` where work goes on without it. */
export interface MachineStep {
  says: string;
  command: readonly string[];
  optional?: true;
}

/** Bytes that builds, images and guests of a job need. */
export const ROOM = 20e9;

/** The switch of AppArmor, which mmdebstrap and buildah need open for ordinary users. */
export const NAMESPACES = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';

/** Decides what to do with a machine: only what is needed, and nothing where nothing is. */
export function planMachine(facts: MachineFacts): MachineStep[] {
  const steps: MachineStep[] = [];
  if (facts.free < ROOM && facts.removable.length > 0) {
    const says = `${gigabytes(facts.free)} are free, ${gigabytes(ROOM)} wanted: removing ${facts.removable.join(' ')}`;
    steps.push({ says, command: ['rm', '-rf', '--', ...facts.removable], optional: true });
  }
  if (facts.kvm === 'closed')
    steps.push({ says: 'opening /dev/kvm', command: ['chmod', '666', '/dev/kvm'], optional: true });
  if (facts.namespacesClosed) {
    const says = 'letting ordinary users make namespaces';
    steps.push({ says, command: ['sysctl', '-q', '-w', `${sysctlName(NAMESPACES)}=0`] });
  }
  if (facts.packages.length > 0) {
    const install = ['apt-get', 'install', '-qq', '-y', '--no-install-recommends'];
    steps.push(
      { says: 'asking the archive for its packages', command: ['apt-get', 'update', '-qq'] },
      { says: `installing ${facts.packages.join(' ')}`, command: [...install, ...facts.packages] },
    );
  }
  return steps;
}

/** What is left as it is, for those who read the log. */
export function describeMachine(facts: MachineFacts): string[] {
  const room = facts.free >= ROOM ? 'enough' : 'little';
  const kvm = { usable: 'usable', closed: 'closed', absent: 'absent: guests are slower' }[
    facts.kvm
  ];
  return [`room: ${gigabytes(facts.free)} are free, ${room}`, `/dev/kvm: ${kvm}`];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(0)} GB`;
}

function sysctlName(path: string): string {
  return path.replace('/proc/sys/', '').replaceAll('/', '.');
}
