import { readIfThere } from '../../file/tree.ts';
import { readKernelConfig } from '../../kernel/version/config.ts';
import { machineOf } from '../../kernel/version/machine.ts';
import type { KernelFacts, Stated } from '../../source/support.ts';
import type { PackageSet } from '../../stream/debian/apt/package-set.ts';
import { kernelConfigText } from '../../stream/debian/kernel-config.ts';
import type { Digest } from '../../system/digest.ts';
import { remembered } from '../../system/remember.ts';
import { repositoryOf } from '../context/repository.ts';
import type { RunContext } from '../context/run-context.ts';

/** What is looked at of a base: packages of a Debian one, the files of an image. */
export interface FactsBase {
  architecture: string;
  kernels: readonly string[];
  packages?: PackageSet;
  image?: { reference: string; digest: Digest };
}

/**
 * What the kernels of a base are judged by. Their configuration is fetched only where a dkms.conf
 * asks for options of it, and left to the builder where the base has none.
 */
export async function kernelFacts(
  context: RunContext,
  base: FactsBase,
  modules: readonly Pick<Stated, 'conf'>[],
): Promise<KernelFacts> {
  const machine = machineOf(base.architecture);
  if (modules.every(({ conf }) => !conf?.config)) return { machine };
  const options = new Map<string, ReadonlySet<string>>();
  for (const release of base.kernels) {
    const text = await configText(context, base, release);
    if (text) options.set(release, enabled(text));
  }
  return { machine, options };
}

function enabled(text: string): ReadonlySet<string> {
  const set = [...readKernelConfig(text)].filter(([, value]) => value === 'y' || value === 'm');
  return new Set(set.map(([name]) => name));
}

async function configText(
  context: RunContext,
  { packages, image }: FactsBase,
  release: string,
): Promise<string | undefined> {
  const { folders } = context;
  if (packages) {
    const { env, signal } = context;
    const { fetchSet } = await import('../family/debian/root.ts');
    const bring = (set: PackageSet) => fetchSet(context, set, 'resolve');
    return kernelConfigText({ packages, release }, { ...folders, bring, env, signal });
  }
  if (!image) return undefined;
  const path = `usr/lib/modules/${release}/config`;
  return remembered(folders.answers, { config: image.digest, path }, async () => {
    const { openImageTree } = await import('../../oci/tree/tree.ts');
    const options = { contents: 'toc', keep: (one: string) => one === path } as const;
    const tree = await openImageTree(repositoryOf(context, image.reference), image.digest, options);
    return Buffer.from((await readIfThere(tree, path)) ?? []).toString();
  });
}
