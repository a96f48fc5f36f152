import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestTag } from '../../oci/reference.ts';
import { type Digest, digestOf } from '../../system/digest.ts';
import { type KmodsOfKernel, kmodsText } from '../record/annotations.ts';
import type { ObservedRepository, StoredManifest } from './observe.ts';
import { planCleanup, type RetentionPolicy } from './plan.ts';

const NOW = new Date('2026-11-20T00:00:00Z');
const scope = { image: 'image', kmods: 'kmods', stable: ['latest', 'main-{os_version}'] };
const policy: RetentionPolicy = { days: 30, newest: 1 };

interface Made {
  tags?: string[];
  /** Days ago. */
  age?: number;
  kernel?: string;
  /** Of each of its kernels. */
  kmods?: KmodsOfKernel[];
  /** Digest of all that an image of ours holds. */
  key?: Digest;
  subject?: Digest;
  children?: Digest[];
  artifactType?: string;
  annotations?: Record<string, string>;
}

/** A repository out of named manifests. */
function aRepository(name: string, made: Record<string, Made>): ObservedRepository {
  const manifests = new Map<Digest, StoredManifest>();
  const tags = new Map<string, Digest>();
  for (const [seed, one] of Object.entries(made)) {
    const digest = digestOf(seed);
    for (const tag of one.tags ?? []) tags.set(tag, digest);
    manifests.set(digest, {
      descriptor: { mediaType: 'x', digest, size: 1, artifactType: one.artifactType },
      created: NOW.getTime() - (one.age ?? 100) * 86_400_000,
      annotations: {
        ...(one.kernel ? { 'dev.lockstep.kernel': one.kernel } : {}),
        ...(one.key ? { 'dev.lockstep.image-key': one.key } : {}),
        ...(one.kmods ? { 'dev.lockstep.kmods': kmodsText(one.kmods) } : {}),
        ...one.annotations,
      },
      subject: one.subject,
      children: one.children ?? [],
    });
  }
  return { name, tags, manifests };
}

function goneOf(observed: ObservedRepository[], change: Partial<RetentionPolicy> = {}) {
  const plan = planCleanup(observed, scope, { policy: { ...policy, ...change }, now: NOW });
  return plan.removals.map(({ descriptor }) => descriptor.digest);
}

describe('planCleanup', () => {
  it('lets go of what is left of intents whose work has ended, and of no running one', () => {
    const repository = aRepository('image', {
      ended: {
        tags: ['intent-a', 'intent-b'],
        age: 0,
        annotations: { 'dev.lockstep.intent': 'none' },
      },
      running: { tags: ['intent-c'] },
    });

    expect(goneOf([repository])).toEqual([digestOf('ended')]);
  });

  it('keeps the archive of inputs and its builder as long as an image of those inputs', () => {
    const made = digestOf('made of');
    const inputs = { 'dev.lockstep.inputs': made };
    const image = (stable: boolean) =>
      aRepository('image', {
        other: { tags: ['latest'] },
        made: { tags: [stable ? 'main-12' : 'candidate-1234567-12'], annotations: inputs },
        newer: { tags: ['candidate-7654321-12'], age: 2 },
        inputs: {
          tags: ['inputs-1234567'],
          annotations: inputs,
          artifactType: 'application/vnd.lockstep.inputs.v1+json',
        },
        newerInputs: { tags: ['inputs-7654321'], age: 2 },
        archive: {
          subject: digestOf('inputs'),
          annotations: { 'dev.lockstep.builder': digestOf('builder') },
        },
        builder: { tags: ['builder-12-1234567'] },
        newerBuilder: { tags: ['builder-12-7654321'], age: 2 },
      });

    expect(goneOf([image(true)])).toEqual([]);
    expect(goneOf([image(false)])).toEqual(
      ['made', 'archive', 'inputs', 'builder'].map((seed) => digestOf(seed)),
    );
  });

  it('keeps what hosts follow, rollback targets, foreign tags and the young', () => {
    const image = aRepository('image', {
      stable: { tags: ['latest'] },
      older: { tags: ['main-11'] },
      audit: { tags: ['stable-20200101t000000z-aaaa-1234567'] },
      foreign: { tags: ['v1.0'] },
      young: { tags: ['candidate-1234567-12'], age: 3 },
      newest: { tags: ['candidate-7654321-12'], age: 2 },
      old: { tags: ['candidate-0000000-12'] },
    });

    expect(goneOf([image])).toEqual([digestOf('old')]);
    expect(goneOf([image], { tags: ['candidate-000*'] })).toEqual([]);
    expect(goneOf([image], { rollbacks: 0 })).toContain(digestOf('audit'));
  });

  it('lets what branches publish go by age alone', () => {
    const kernel = '6.1.0-1';
    const image = aRepository('image', {
      stable: { tags: ['latest'], kernel },
      next: { tags: ['br-next-12'], age: 40, kernel, key: digestOf('a') },
      young: { tags: ['br-other-1234567890-12'], age: 20, kernel, key: digestOf('b') },
      foreign: { tags: ['br-theirs-12'], age: 400 },
      candidate: { tags: ['candidate-0000000-12'], age: 40, kernel },
    });

    expect(goneOf([image])).toEqual([digestOf('next')]);
    expect(goneOf([image], { tags: ['br-next-*'] })).toEqual([]);
  });

  it('counts a kmods image with several names once', () => {
    const kmods = aRepository('kmods', {
      old: { tags: ['zfs-1_kernel-1', 'key-0123456789ab'], kernel: '1', age: 90 },
      new: { tags: ['zfs-2_kernel-1', 'key-ba9876543210'], kernel: '1', age: 80 },
      replaced: { tags: ['key-aaaaaaaaaaaa'], kernel: '1', age: 70 },
    });

    expect(goneOf([kmods])).toEqual([digestOf('old'), digestOf('replaced')]);
    expect(goneOf([kmods], { newest: 2 })).toEqual([digestOf('replaced')]);
  });

  it('keeps the newest of each kernel and of the stream', () => {
    const kmods = aRepository('kmods', {
      a1: { tags: ['zfs-2.1_kernel-6.1.0-1'], kernel: '6.1.0-1', age: 90 },
      a2: { tags: ['zfs-2.2_kernel-6.1.0-1'], kernel: '6.1.0-1', age: 80 },
      b1: { tags: ['zfs-2.1_kernel-6.1.0-2'], kernel: '6.1.0-2', age: 70 },
    });

    expect(goneOf([kmods])).toEqual([digestOf('a1')]);
    expect(goneOf([kmods], { newest: 2 })).toEqual([]);
  });

  it('lets signatures and referrers live and die with their subject, whatever their age', () => {
    const [dead, live] = [digestOf('dead'), digestOf('live')];
    const image = aRepository('image', {
      live: { tags: ['latest'] },
      dead: { tags: ['candidate-0000000-12'] },
      newest: { tags: ['candidate-1111111-12'], age: 50 },
      liveSignature: { tags: [digestTag(live, '.sig')] },
      deadSignature: { tags: [digestTag(dead, '.sig')], age: 0 },
      liveNote: { subject: live },
      deadNote: { subject: dead, age: 0 },
      noteOfNote: { subject: digestOf('deadNote'), age: 0 },
      orphan: { subject: digestOf('never seen') },
      orphanSignature: { tags: [digestTag(digestOf('gone'), '.att')] },
      list: { tags: [digestTag(dead)] },
    });

    const gone = goneOf([image]);

    expect(gone.toSorted()).toEqual(
      ['dead', 'deadSignature', 'deadNote', 'noteOfNote', 'orphan', 'orphanSignature', 'list']
        .map(digestOf)
        .toSorted(),
    );
    expect(gone.indexOf(digestOf('noteOfNote'))).toBeLessThan(gone.indexOf(digestOf('deadNote')));
    expect(gone.indexOf(digestOf('deadNote'))).toBeLessThan(gone.indexOf(dead));
    expect(gone.indexOf(digestOf('deadSignature'))).toBeLessThan(gone.indexOf(dead));
  });

  it('keeps the members of an index and the kmods of an image', () => {
    const image = aRepository('image', {
      index: { tags: ['latest'], children: [digestOf('member')] },
      member: {
        kmods: [
          { kernel: '1', digest: digestOf('its kmods') },
          { kernel: '2+x', digest: digestOf('its other kmods') },
        ],
      },
      leftover: {},
    });
    const kmods = aRepository('kmods', {
      'its kmods': { tags: ['zfs-1_kernel-1'], kernel: '1' },
      'its other kmods': { tags: ['zfs-1_kernel-2_x'], kernel: '2+x' },
      'newer other kmods': { tags: ['zfs-2_kernel-2_x'], kernel: '2+x', age: 50 },
      'newer kmods': { tags: ['zfs-2_kernel-1'], kernel: '1', age: 50 },
      'old kmods': { tags: ['zfs-0_kernel-1'], kernel: '1' },
    });

    expect(goneOf([image, kmods])).toEqual([digestOf('leftover'), digestOf('old kmods')]);
  });

  it('keeps what a running promotion speaks of', () => {
    const image = aRepository('image', {
      old: { tags: ['candidate-0000000-12'] },
      newest: { tags: ['candidate-1111111-12'], age: 50 },
    });
    const running = [digestOf('old')];

    expect(planCleanup([image], scope, { policy, now: NOW, running }).removals).toEqual([]);
  });

  it('never removes what is reachable from a tag that hosts follow', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const link = fc.option(fc.constantFrom(...names), { nil: undefined });
    const one = fc.record({
      subject: link,
      child: link,
      tag: fc.constantFrom('', 'latest', 'candidate-0000000-1', 'run-20200101t000000z-a'),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 7, maxLength: 7 }), (made) => {
        const parts = made.map(({ subject, child, tag }, index) => {
          const own: Made = {
            tags: tag === '' ? [] : [tag === 'latest' && index > 0 ? 'main-12' : tag],
            ...(subject ? { subject: digestOf(subject) } : {}),
            ...(child ? { children: [digestOf(child)] } : {}),
          };
          return [names[index] ?? '', own] as const;
        });
        const image = aRepository('image', Object.fromEntries(parts));
        const gone = new Set(goneOf([image], { newest: 0 }));
        for (const [tag, digest] of image.tags) {
          if (tag === 'latest' || tag === 'main-12') expect(gone.has(digest)).toBe(false);
        }
        for (const [digest, { children, subject }] of image.manifests) {
          if (gone.has(digest)) continue;
          for (const child of children) expect(gone.has(child)).toBe(false);
          expect(subject == null || true).toBe(true);
        }
        for (const [digest, { subject }] of image.manifests) {
          if (subject && image.manifests.has(subject) && !gone.has(subject))
            expect(gone.has(digest)).toBe(false);
        }
      }),
    );
  });
});
