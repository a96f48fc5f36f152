/** One loading of one module, after others. */
export interface Task {
  id: string;
  /** `kmod`: through `insmod`, which decompresses. */
  how: 'direct' | 'kmod';
  module: Buffer;
  /** File name in the guest; its ending tells kmod nothing, but people. */
  file: string;
  /** Loaded before, in order, as they are. */
  before: readonly Buffer[];
}

/** What the kernel did. */
export interface Answer {
  /** 0: it took the module. Of kmod only its exit status is known, as a negative number. */
  errno: number;
  /** The kernel's log between the call and its return. */
  log: string[];
  /** True when the kernel did not survive the call. */
  died: boolean;
  /** What could not be loaded before; such a task tells nothing. */
  unprepared: string[];
}
