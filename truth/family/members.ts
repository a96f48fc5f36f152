/** One module of the family; its source has the same name. */
export interface Member {
  name: string;
  /** Other members that must be loaded before, in order. */
  after?: readonly string[];
  /** Modules of the kernel's own tree that must be loaded before, with what they need. */
  afterTree?: readonly string[];
}

/** The family; every member loads into the kernel that it was built for, save `missing`. */
export const MEMBERS: readonly Member[] = [
  { name: 'plain' },
  { name: 'initless' },
  { name: 'license_user' },
  { name: 'gpl_user' },
  { name: 'ns_user' },
  { name: 'memory_user' },
  { name: 'block_user' },
  { name: 'fs_user' },
  { name: 'net_user' },
  { name: 'tree_user', afterTree: ['configfs'] },
  { name: 'missing' },
  { name: 'weak' },
  { name: 'provider' },
  { name: 'consumer', after: ['provider'] },
  { name: 'free_consumer', after: ['provider'] },
  { name: 'chain', after: ['provider', 'consumer'] },
  { name: 'clash' },
];
