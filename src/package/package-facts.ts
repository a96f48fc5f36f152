/** Another package that one needs. */
export interface Requirement {
  name: string;
  /** `=`, `>=`, `<<`, …; undefined for any version. */
  relation?: string;
  version?: string;
}

/** One file that a package brings. */
export interface PackagedFile {
  /** From the root, without a leading slash. */
  path: string;
  /** Digest of the content in hex, with its name for `node:crypto`; absent for folders and links. */
  digest?: { algorithm: string; hex: string };
}

/** What a package says of itself, whether RPM or deb, installed or a file. */
export interface PackageFacts {
  format: 'rpm' | 'deb';
  name: string;
  /** `version-release` for RPM. */
  version: string;
  architecture: string;
  requires: Requirement[];
  provides: Requirement[];
  /** Shell scripts that run when it is installed. */
  scripts: string[];
  files: PackagedFile[];
}
