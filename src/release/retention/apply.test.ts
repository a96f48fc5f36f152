import { describe, expect, it } from 'vitest';
import { openLayoutRegistry } from '../../oci/layout/layout.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { subjectOfTag } from '../../oci/reference.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { validateRepository } from '../../oci/validate.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { applyCleanup, proposeCleanup } from './apply.ts';

const now = () => new Date('2026-11-20T00:00:00Z');
const scope = { image: 'image', kmods: 'kmods', stable: ['latest'] };
const policy = { days: 30, newest: 1 };

async function fill(registry: Registry): Promise<void> {
  const image = registry.repository('image');
  const old = { annotations: { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' } };
  await putImage(image, { ...old, seed: 'stable', tag: 'latest' });
  const gone = await putImage(image, { ...old, seed: 'gone', tag: 'candidate-0000000-12' });
  await putImage(image, { ...old, seed: 'newest', tag: 'candidate-1111111-12' });
  await putImage(image, { ...old, seed: 'note', subject: gone });
}

describe('applyCleanup', () => {
  it.each(['memory', 'layout'])('removes what was planned and nothing else: %s', async (kind) => {
    await using folder = await temporaryFolder();
    const registry = kind === 'memory' ? memoryRegistry() : openLayoutRegistry(folder.path);
    await fill(registry);
    const options = { registry, scope, policy, now };

    const plan = await proposeCleanup(options);
    // A layout keeps the list of what refers to the image under a tag.
    const lists = (await registry.repository('image').tags()).filter(subjectOfTag);
    expect(lists.length).toBe(kind === 'layout' ? 1 : 0);
    expect(plan.removals.map(({ tags }) => tags)).toEqual([
      ...lists.map((tag) => [tag]),
      [],
      ['candidate-0000000-12'],
    ]);
    expect((await registry.repository('image').tags()).length).toBe(3 + lists.length);
    const { removed } = await applyCleanup(plan, options);

    expect(removed.length).toBe(2 + lists.length);
    expect(await registry.repository('image').tags()).toEqual(['candidate-1111111-12', 'latest']);
    expect(await validateRepository(registry.repository('image'))).toEqual([]);
  });

  it('leaves what has got a reason to stay since it was planned', async () => {
    const registry = memoryRegistry();
    await fill(registry);
    const options = { registry, scope, policy, now };
    const plan = await proposeCleanup(options);
    const image = registry.repository('image');
    const promoted = await image.resolve('candidate-0000000-12');
    if (promoted) await image.tag('latest', promoted);

    await applyCleanup(plan, options);

    expect(await validateRepository(image)).toEqual([]);
    expect((await image.resolve('latest'))?.digest).toBe(promoted?.digest);
  });
});
