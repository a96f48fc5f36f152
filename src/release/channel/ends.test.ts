import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { readOnlyRegistry } from '../../oci/testing/read-only.ts';
import { LockstepError } from '../../system/error.ts';
import { type Event, silent } from '../../system/event.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { observe } from '../plan/observe.ts';
import { copyKmods, findKmods } from '../record/kmods.ts';
import { aDebianInputs, aStream } from '../testing/inputs.ts';
import { newestKeyOf, putKmods } from '../testing/kmods.ts';
import { type Channel, MAIN, streamForChannel } from './channel.ts';
import { endsOf } from './ends.ts';

const inputs = aDebianInputs();
const kmodsKey = newestKeyOf(inputs);
const KERNEL = inputs.base.kernelRelease;
const stream = aStream();
const { image, kmods } = stream.publish;
const BRANCH: Channel = { name: 'branch', branch: 'next' };
const PULL_REQUEST: Channel = { name: 'pull-request' };

function look(registry: Registry, channel: Channel, project = '/nowhere') {
  const ends = endsOf(stream, channel, { registry, project, env: {}, emit: silent });
  const { stable } = streamForChannel(stream, channel).publish;
  return { ends, sight: observe(ends, { inputs, kmodsKeys: [kmodsKey], compat: [], stable }) };
}

describe('endsOf', () => {
  it.each([
    ['branch', BRANCH, [`${image}-br`, `${kmods}-br`]],
    ['pull-request', PULL_REQUEST, []],
  ] as const)(
    'takes the kmods of main on channel %s and writes nothing there',
    async (_, channel, own) => {
      await using folder = await temporaryFolder();
      const main = memoryRegistry();
      const descriptor = await putKmods(main.repository(kmods), inputs);
      const { ends, sight } = look(readOnlyRegistry(main, own), channel, folder.path);

      expect(await sight).toMatchObject({
        kmods: [{ kernel: KERNEL, cached: { digest: descriptor.digest } }],
      });
      if (ends.cache) await copyKmods(ends.cache, ends.kmods, { key: kmodsKey, descriptor });

      expect((await findKmods(ends.kmods, kmodsKey))?.descriptor.digest).toBe(descriptor.digest);
      const again = look(readOnlyRegistry(main, own), channel, folder.path);
      expect(await again.sight).toMatchObject({ kmods: [{ differences: [] }] });
    },
  );

  it('sees the tag of the branch among the images of main, and main sees none of it', async () => {
    const registry = memoryRegistry();
    const ours = await putImage(registry.repository(image), { tag: 'br-next-12' });
    const theirs = await putImage(registry.repository(image), { seed: 'main', tag: 'latest' });

    expect((await look(registry, BRANCH).sight).stable).toEqual({ 'br-next-12': ours.digest });
    expect((await look(registry, MAIN).sight).stable).toEqual({
      latest: theirs.digest,
      'main-12': undefined,
    });
  });

  it('goes on without main where a pull request may not read it, and says so', async () => {
    await using folder = await temporaryFolder();
    const events: Event[] = [];
    const denied = async () => {
      throw new LockstepError('not-allowed', 'no login for it');
    };
    const repository = memoryRegistry().repository('x');
    const closed = Object.assign(Object.create(repository), { resolve: denied, tags: denied });
    const registry = { repository: () => closed as typeof repository };
    const emit = (event: Event) => events.push(event);

    const ends = endsOf(stream, PULL_REQUEST, { registry, project: folder.path, env: {}, emit });
    const request = { inputs, kmodsKeys: [kmodsKey], compat: [], stable: stream.publish.stable };

    expect(await observe(ends, request)).toMatchObject({
      kmods: [{ kernel: KERNEL, key: kmodsKey }],
    });
    expect(events).toContainEqual({ type: 'note', message: 'x is left out: no login for it' });
  });
});
