import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { composeImage } from '../src/compose/compose.ts';
import { openBuildah, removeStorage } from '../src/container/buildah.ts';
import { readLayers } from '../src/container/image.ts';
import type { StoredLayer } from '../src/container/layer.ts';
import { digestOfJson } from '../src/system/digest.ts';
import type { Place } from '../truth/kernels/place.ts';
import { CREATED, type Parts, remembered, type Stage, tagOf } from './parts.ts';

/** A layer that programs of the image itself make. */
export interface Step {
  base: Stage;
  /** What runs in the image, as lines of a shell script. */
  script: string;
  /** Files of packages that the script finds in `/run/packages`. */
  packages?: readonly string[];
  /** Files that are laid over the root first, by path. */
  files?: Readonly<Record<string, string>>;
  /** What else makes the layer another one. */
  key?: unknown;
}

/** Runs a step on top of layers, once for each content. */
export async function runStep(step: Step, place: Place & { parts: Parts }): Promise<Stage> {
  const { base, script, files, key: more } = step;
  const key = digestOfJson({ base: base.key, script, files: files ?? {}, more: more ?? '' });
  const layers = await remembered(place.parts, key, (scratch) => compose(step, place, scratch));
  return { layers, key };
}

async function compose(
  step: Step,
  place: Place & { parts: Parts },
  scratch: string,
): Promise<StoredLayer[]> {
  const { parts, env } = place;
  const { base, packages = [], files = {} } = step;
  const overlay = join(scratch, 'overlay');
  await writeFiles(overlay, { ...files, 'usr/share/testbed/step.sh': step.script });
  const storage = { storage: join(scratch, 'storage'), env, root: process.getuid?.() === 0 };
  const buildah = await openBuildah(storage);
  const request = {
    folder: join(scratch, 'context'),
    containerfile: containerfile(tagOf(base.key)),
    packages: packages.map((path) => ({ name: path.replace(/.*\//, ''), path })),
    overlay,
    layouts: [{ name: 'parts', path: parts.path }],
    base: base.layers,
    architecture: 'amd64',
    created: CREATED,
    labels: {},
    annotations: {},
  };
  try {
    const image = await composeImage(buildah, parts.repository, request, () => {});
    return await readLayers(parts.repository, image);
  } finally {
    await removeStorage(storage);
  }
}

/** The script goes as it came, so that it leaves nothing behind but what it made. */
function containerfile(tag: string): string {
  return [
    `FROM oci:parts:${tag}`,
    'COPY overlay/ /',
    'RUN --mount=type=bind,source=packages,target=/run/packages \\',
    '    set -eu; . /usr/share/testbed/step.sh; rm /usr/share/testbed/step.sh',
    '',
  ].join('\n');
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
