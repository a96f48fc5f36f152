import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openRegistry } from '../src/oci/open/open.ts';
import { DEFAULT_CACHE } from './cache.ts';
import type { Flavour } from './labels.ts';
import { makeTestbed } from './testbed.ts';

const HELP = `npm run testbed -- [--images WHERE] [--os 41|42] [--kernel N|RELEASE]... [...]

Makes a base and a builder of the testbed distribution and prints what was made as JSON.

  --images WHERE   oci:DIR or HOST/OWNER, which gets the repositories base and builder
                   (default oci:CACHE/images)
  --os VERSION     41 (Debian 12, kernels 6.12) or 42 (Debian 13, kernels 7.x); default 41
  --kernel WHICH   kernel of the base, may be repeated: 0 the newest, 1 the one before, or a
                   release; default 0
  --offer WHICH    kernel in the builder's repository, may be repeated; default those of the base
  --flavour NAME   labels like kinoite (default) or coreos
  --build N        last part of the base's version, for its immutable tag; default 0
  --tag TAG        the moving tag of the base; default latest
  --index          tags point to an index of platforms
  --only NAME      base or builder
  --refresh        fetch the archive's indexes anew
  --cache DIR      default ~/.cache/lockstep-testbed
`;

const { values: options } = parseArgs({
  options: {
    images: { type: 'string' },
    os: { type: 'string' },
    kernel: { type: 'string', multiple: true, default: ['0'] },
    offer: { type: 'string', multiple: true },
    flavour: { type: 'string' },
    build: { type: 'string', default: '0' },
    tag: { type: 'string' },
    index: { type: 'boolean', default: false },
    only: { type: 'string' },
    refresh: { type: 'boolean', default: false },
    cache: { type: 'string', default: DEFAULT_CACHE },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const cache = resolve(options.cache);
  const where = options.images ?? `oci:${join(cache, 'images')}`;
  const made = await makeTestbed({
    ...options,
    cache,
    env: process.env,
    images: openRegistry(where, { env: process.env, cwd: process.cwd() }),
    kernels: options.kernel.map(kernelOf),
    ...(options.offer && { offered: options.offer.map(kernelOf) }),
    flavour: options.flavour as Flavour,
    build: Number(options.build),
    only: options.only as 'base' | 'builder',
  });
  process.stdout.write(
    `${JSON.stringify({ images: where, ...made, os: made.os.version }, null, 2)}\n`,
  );
}

function kernelOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}
