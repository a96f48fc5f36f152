/** An Ignition document of any 3.x: every field that some version has. */
export interface IgnitionConfig {
  ignition?: Ignition;
  kernelArguments?: { shouldExist?: string[]; shouldNotExist?: string[] };
  passwd?: { groups?: PasswdGroup[]; users?: PasswdUser[] };
  storage?: Storage;
  systemd?: { units?: Unit[] };
}

export interface Ignition {
  config?: { merge?: Resource[]; replace?: Resource };
  proxy?: Proxy;
  security?: { tls?: { certificateAuthorities?: Resource[] } };
  timeouts?: { httpResponseHeaders?: number; httpTotal?: number };
  version?: string;
}

export interface Proxy {
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string[];
}

export interface Resource {
  compression?: string;
  httpHeaders?: HttpHeader[];
  source?: string;
  verification?: Verification;
}

export interface HttpHeader {
  name?: string;
  value?: string;
}

export interface Verification {
  hash?: string;
}

export interface PasswdGroup {
  gid?: number;
  name?: string;
  passwordHash?: string;
  shouldExist?: boolean;
  system?: boolean;
}

export interface PasswdUser {
  gecos?: string;
  groups?: string[];
  homeDir?: string;
  name?: string;
  passwordHash?: string;
  primaryGroup?: string;
  sshAuthorizedKeys?: string[];
  shell?: string;
  shouldExist?: boolean;
  system?: boolean;
  uid?: number;
}

export interface Storage {
  directories?: Directory[];
  disks?: Disk[];
  files?: File[];
  filesystems?: Filesystem[];
  links?: Link[];
  luks?: Luks[];
  raid?: Raid[];
}

/** Of a user or a group: by number or by name. */
export interface Owner {
  id?: number;
  name?: string;
}

export interface Node {
  group?: Owner;
  overwrite?: boolean;
  path?: string;
  user?: Owner;
}

export interface Directory extends Node {
  mode?: number;
}

export interface File extends Node {
  append?: Resource[];
  contents?: Resource;
  mode?: number;
}

export interface Link extends Node {
  hard?: boolean;
  target?: string;
}

export interface Disk {
  device?: string;
  partitions?: Partition[];
  wipeTable?: boolean;
}

export interface Partition {
  guid?: string;
  label?: string;
  number?: number;
  resize?: boolean;
  shouldExist?: boolean;
  sizeMiB?: number | bigint;
  startMiB?: number | bigint;
  typeGuid?: string;
  wipePartitionEntry?: boolean;
}

export interface Filesystem {
  device?: string;
  format?: string;
  label?: string;
  mountOptions?: string[];
  options?: string[];
  path?: string;
  uuid?: string;
  wipeFilesystem?: boolean;
}

export interface Luks {
  cex?: { enabled?: boolean };
  clevis?: Clevis;
  device?: string;
  discard?: boolean;
  keyFile?: Resource;
  label?: string;
  name?: string;
  openOptions?: string[];
  options?: string[];
  uuid?: string;
  wipeVolume?: boolean;
}

export interface Clevis {
  custom?: ClevisCustom;
  tang?: Tang[];
  threshold?: number;
  tpm2?: boolean;
}

export interface ClevisCustom {
  config?: string;
  needsNetwork?: boolean;
  pin?: string;
}

export interface Tang {
  advertisement?: string;
  thumbprint?: string;
  url?: string;
}

export interface Raid {
  devices?: string[];
  level?: string;
  name?: string;
  options?: string[];
  spares?: number;
}

export interface Unit {
  contents?: string;
  dropins?: Dropin[];
  enabled?: boolean;
  mask?: boolean;
  name?: string;
}

export interface Dropin {
  contents?: string;
  name?: string;
}
