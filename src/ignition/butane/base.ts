import { isFatal } from '../problem/problem.ts';
import type { Fields } from '../schema/type.ts';
import type { IgnitionConfig } from '../spec/config.ts';
import { addBootDevice } from './boot-device.ts';
import type { ButaneConfig } from './config.ts';
import { addGrubUsers } from './grub.ts';
import { hooks } from './hooks.ts';
import { addMountUnits, type MountUnits } from './mount-units.ts';
import { partitionWarnings } from './partitions.ts';
import { addQuadlets } from './quadlets.ts';
import { type Translation, translateFields } from './translate.ts';
import { addTrees } from './trees.ts';
import type { Translate } from './version.ts';

/** In what versions translate differently; a field that a version lacks is never there. */
export interface TranslateOptions {
  mountUnits: MountUnits;
  /** What Fedora CoreOS does besides; `root` looks at the size of the root too. */
  coreos?: { root: boolean };
}

/** The translation of a version. */
export function translator({ mountUnits, coreos }: TranslateOptions): Translate {
  return (from, translation) => {
    const base = translateBase(from, translation, mountUnits);
    if (!coreos || isFatal(translation.problems)) return base as Fields;
    const booted = addBootDevice(from, base, translation);
    for (const problem of partitionWarnings(booted, coreos.root))
      translation.problems.push({
        ...problem,
        path: translation.origins
          .of(booted as Fields, problem.path)
          .slice(translation.origins.base.length),
      });
    return addGrubUsers(from, booted, translation) as Fields;
  };
}

function translateBase(
  from: ButaneConfig & Fields,
  translation: Translation,
  mountUnits: MountUnits,
): IgnitionConfig {
  const config: IgnitionConfig = translateFields(from, hooks, translation);
  config.ignition = { ...config.ignition };
  const mounted = addMountUnits(from, config, { ...mountUnits, translation });
  addTrees(from, mounted, translation);
  addQuadlets(from, mounted, translation);
  return mounted;
}
