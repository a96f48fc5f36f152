import type * as z from 'zod/mini';
import { kernelName } from '../kernel/module/name.ts';
import { modulesIn } from './tag-template.ts';

type Issues = Pick<z.core.$RefinementCtx, 'addIssue'>;
type Say = (path: (string | number)[], message: string) => void;

/** What of a stream is held against others. */
interface Publishing {
  name: string;
  modules: { name: string }[];
  publish: { registry: string; image: string; stable: string[] };
}

/** Finds sources of modules whose names are one: `-` and `_` are the same to modprobe. */
export function checkSources({ modules }: Pick<Publishing, 'modules'>, say: Say): void {
  const names = modules.map(({ name }) => kernelName(name));
  for (const [at, name] of names.entries()) {
    const other = modules[names.indexOf(name)];
    if (other && names.indexOf(name) < at)
      say(['modules', at, 'name'], `is that of another already: ${other.name}`);
  }
}

/** Finds stable tags that stand there twice, and those that speak of modules that are not there. */
export function checkStableTags(
  { modules, publish: { stable } }: Pick<Publishing, 'modules' | 'publish'>,
  say: Say,
): void {
  const known = new Set(modules.map(({ name }) => name));
  for (const [at, template] of stable.entries()) {
    const path = ['publish', 'stable', at];
    if (stable.indexOf(template) < at) say(path, 'stands there twice');
    for (const name of modulesIn(template)) {
      if (!known.has(name)) say(path, `speaks of a module that is not built: ${name}`);
    }
  }
}

/** Finds streams that would take each other's place: by their names, or by a tag that hosts follow. */
export function checkStreams(streams: readonly Publishing[], issues: Issues): void {
  const taken = new Map<string, string>();
  const claim = (claimed: string, owner: string, path: (string | number)[]) => {
    const other = taken.get(claimed);
    if (other == null) taken.set(claimed, owner);
    else issues.addIssue({ code: 'custom', path, message: `is that of stream ${other} already` });
  };
  for (const [at, { name, publish }] of streams.entries()) {
    claim(`stream ${name}`, name, [at, 'name']);
    const fixed = publish.stable.filter((template) => !template.includes('{'));
    for (const tag of new Set(fixed)) {
      const index = publish.stable.indexOf(tag);
      claim(`${publish.registry}/${publish.image}:${tag}`, name, [at, 'publish', 'stable', index]);
    }
  }
}
