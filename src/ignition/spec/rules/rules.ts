import type { Report, Rules } from '../../schema/rules.ts';
import type { Ignition } from '../config.ts';
import { diskRules } from './disk.ts';
import { filesystemRules, raidRules } from './filesystem.ts';
import { type LuksRules, luksRules } from './luks.ts';
import { nodeRules } from './node.ts';
import { type ResourceRules, resourceRules } from './resource.ts';
import { type StorageRules, storageRules } from './storage.ts';
import { unitPathRule, unitRules } from './unit.ts';

/** In what the versions of Ignition judge differently. */
export interface VersionRules extends StorageRules, ResourceRules, LuksRules {
  version: string;
  formats: readonly string[];
  /** Modes may have setuid, setgid and sticky bits. */
  specialBits: boolean;
}

/** All rules of one version. */
export function rulesOf(version: VersionRules): Rules {
  return {
    Config: unitPathRule,
    Ignition: versionRule(version.version),
    ...resourceRules(version),
    ...nodeRules(version),
    ...storageRules(version),
    ...diskRules,
    ...filesystemRules(version.formats),
    ...raidRules,
    ...luksRules(version),
    ...unitRules,
  };
}

function versionRule(version: string) {
  return (ignition: Ignition, report: Report): void => {
    if (ignition.version !== version) report.error(['version'], `the version must be ${version}`);
  };
}
