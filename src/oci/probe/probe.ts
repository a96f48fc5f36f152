import { z } from 'zod';
import { kernelName } from '../../kernel/module/name.ts';
import { LockstepError } from '../../system/error.ts';
import { sameKernel } from '../evidence/judge.ts';
import { metadataEvidence } from '../evidence/metadata.ts';
import { isIndex, readManifest } from '../manifest.ts';
import { tagOf } from '../reference.ts';
import type { Reader } from '../repository.ts';
import { openImage } from '../tree/image.ts';
import { countingReader, type Transfer } from '../tree/listing-count.ts';
import { type CachedPackages, type CacheLayout, cachedPackages, layoutOf } from './packages.ts';
import type { ProbeQuestion } from './question.ts';

/**
 * `yes`: modules for exactly this kernel (and version) are there. `stale`: the module is there,
 * for another kernel or version. `no`: the cache has nothing of this module.
 */
export type ProbeAnswer = 'yes' | 'stale' | 'no';

export interface ProbeReport {
  answer: ProbeAnswer;
  /** Why, in a sentence. */
  reason: string;
  /** Who made the cache, by its annotations or files. */
  layout?: CacheLayout;
  /** The image that answered. */
  tag?: string;
  digest?: string;
  /** What it holds. */
  kernel?: string;
  version?: string;
  /** Every module that the source of the module has built, in caches of ours. */
  modules?: readonly string[];
  packages?: string[];
  transfer: Transfer;
}

type Answer = Omit<ProbeReport, 'transfer'>;

/** Most tags of a repository that are tried when none is named. */
const MOST_TAGS = 8;

/**
 * Asks a cache of kernel modules (ours, Universal Blue's akmods, fedora-zfs-kmods) for modules
 * for exactly one kernel. Ours answers by one manifest; labels of others may refuse unless they are
 * inherited, but only file names say yes. Without a version of the reference the tags that name the kernel are tried.
 */
export async function probeCache(
  reader: Reader,
  version: string | undefined,
  question: ProbeQuestion,
): Promise<ProbeReport> {
  const counted = countingReader(reader);
  const answer =
    version === undefined
      ? await probeTags(counted.reader, question)
      : await probeImage(counted.reader, version, question);
  return { ...answer, transfer: counted.transfer };
}

async function probeTags(reader: Reader, question: ProbeQuestion): Promise<Answer> {
  const tags = await reader.tags();
  const named = tags.filter((tag) => namesKernel(tag, question));
  let best: Answer | undefined;
  for (const tag of named.reverse().slice(0, MOST_TAGS)) {
    const answer = await probeImage(reader, tag, question);
    if (answer.answer === 'yes') return answer;
    best = best?.answer === 'stale' ? best : answer;
  }
  if (best) return best;
  const others = tags.some((tag) => /\d+\.\d+\.\d+-\d/.test(tag));
  const reason = `no tag of ${reader.name} names the kernel ${question.kernel}`;
  return { answer: others ? 'stale' : 'no', reason };
}

/** True for tags of all three layouts that end with this kernel, with or without the machine. */
function namesKernel(tag: string, { kernel, module, version }: ProbeQuestion): boolean {
  const names = [kernel, kernel.replace(/\.(?:x86_64|aarch64)$/, '')].map(tagOf);
  if (!names.some((name) => tag.endsWith(`-${name}`))) return false;
  const start = `${tagOf(module)}-`;
  const [, has] = (tag.startsWith(start) && /^(.+)_kernel-/.exec(tag.slice(start.length))) || [];
  return has === undefined || version === undefined || has === tagOf(version);
}

async function probeImage(
  reader: Reader,
  version: string,
  question: ProbeQuestion,
): Promise<Answer> {
  const descriptor = await reader.resolve(version);
  if (!descriptor) return { answer: 'no', reason: `${reader.name} has no ${version}` };
  const document = await readManifest(reader, descriptor);
  const { digest } = descriptor;
  const where = { digest, ...(version === digest ? {} : { tag: version }) };
  const single = !isIndex(document.manifest);
  const own = single ? ownAnswer(document.manifest.annotations, question) : undefined;
  if (own) return { ...own, ...where };
  const image = await openImage(reader, descriptor, question);
  const member = single ? undefined : ownAnswer(image.document.manifest.annotations, question);
  if (member) return { ...member, ...where };
  // What was inherited speaks of the base that a cache was made on, not of its packages.
  const stated = metadataEvidence(image).filter(({ trust }) => trust === 'stated');
  const other = stated.find(({ kernel }) => !sameKernel(kernel, question.kernel));
  const layout = layoutOf(image.config.labels);
  if (other && layout && stated.every(({ kernel }) => sameKernel(kernel, other.kernel))) {
    const reason = `${other.source} ${other.where} says kernel ${other.kernel}`;
    return { answer: 'stale', reason, layout, kernel: other.kernel, ...where };
  }
  return { ...fileAnswer(await cachedPackages(reader, image, question), question), ...where };
}

/** Our own annotations answer without a look at config or layers. */
function ownAnswer(
  annotations: Record<string, string> | undefined,
  question: ProbeQuestion,
): Answer | undefined {
  const kernel = annotations?.['dev.lockstep.kernel'];
  if (annotations?.['dev.lockstep.key'] === undefined || kernel === undefined) return undefined;
  const { source, modules } = sourceOf(annotations, question.module);
  const version = annotations[`dev.lockstep.module.${source}`];
  const base = { layout: 'lockstep' as const, kernel, ...(modules && { modules }) };
  if (version === undefined)
    return { answer: 'no', reason: `it holds no ${question.module}`, ...base };
  return { ...verdict(kernel, version, question), ...base, version };
}

/** The source that has a name, else the one that has built a module of it, and all of its modules. */
function sourceOf(annotations: Record<string, string>, name: string) {
  const sets = ModuleSets.safeParse(parseJson(annotations['dev.lockstep.modules'])).data ?? {};
  const found = Object.entries(sets).find(([, modules]) => modules.includes(kernelName(name)));
  const isSource = annotations[`dev.lockstep.module.${name}`] !== undefined;
  const source = isSource ? name : (found?.[0] ?? name);
  return { source, modules: sets[source] };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ModuleSets = z.record(z.string(), z.array(z.string()));

function fileAnswer(found: CachedPackages, question: ProbeQuestion): Answer {
  const { layout, packages, kernel, version } = found;
  const base = { ...(layout ? { layout } : {}), packages };
  if (packages.length === 0)
    return { answer: 'no', reason: `it holds no kmod-${question.module}`, ...base };
  if (kernel === undefined || version === undefined) {
    const reason = `its packages are for another kernel: ${packages.slice(0, 3).join(', ')}`;
    return { answer: 'stale', reason, ...base };
  }
  return { ...verdict(kernel, version, question), ...base, kernel, version };
}

function verdict(
  kernel: string,
  version: string,
  question: ProbeQuestion,
): Pick<Answer, 'answer' | 'reason'> {
  const { module } = question;
  if (kernel !== question.kernel) {
    return { answer: 'stale', reason: `it holds ${module} ${version} for kernel ${kernel}` };
  }
  if (question.version !== undefined && version !== question.version) {
    return { answer: 'stale', reason: `it holds ${module} ${version}, not ${question.version}` };
  }
  return { answer: 'yes', reason: `it holds ${module} ${version} for exactly this kernel` };
}

/** Throws `usage` for a module name that could not be part of a package's name. */
export function requireModuleName(name: string): string {
  if (/^[A-Za-z0-9][\w.+-]*$/.test(name)) return name;
  throw new LockstepError('usage', `${JSON.stringify(name)} is not the name of a module`);
}
