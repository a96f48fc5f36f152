import { describe, expect, it } from 'vitest';
import { writeArtifact } from '../../oci/artifact.ts';
import { streamOf } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { documentOf } from '../../oci/manifest.ts';
import { OCI_INDEX } from '../../oci/media-type.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import type { Repository } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { sealsBy } from '../../trust/dsse/seals.ts';
import { aSigner } from '../../trust/testing/keys.ts';
import {
  missingPasses,
  type RecordedVerdict,
  readVerdicts,
  recordVerdict,
  VERDICT_TYPE,
} from './verdicts.ts';

const [ours, theirs] = [aSigner(), aSigner()];
const seals = sealsBy([ours.publicKey], ours);
const foreign = sealsBy([theirs.publicKey], theirs);
const gates = new Map([['abi', 'v2']] as const);

async function anImage(): Promise<{ repository: Repository; image: Descriptor }> {
  const repository = memoryRegistry().repository('image');
  return { repository, image: await putImage(repository, { seed: 'candidate' }) };
}

const verdict = (
  { digest }: Descriptor,
  result: RecordedVerdict['result'],
  hour: number,
): RecordedVerdict => ({
  gate: 'abi',
  subject: digest,
  result,
  terms: 'v2',
  findings: [],
  time: `2026-11-20T0${hour}:00:00.000Z`,
});

describe(missingPasses, () => {
  it('counts what the key has signed, and only for who asks for signatures', async () => {
    const { repository, image } = await anImage();
    await recordVerdict(repository, image, { ...verdict(image, 'pass', 8), seals });

    expect(await missingPasses(repository, image.digest, { gates, seals })).toEqual([]);
    expect(await missingPasses(repository, image.digest, { gates })).toEqual([]);
    expect(await missingPasses(repository, image.digest, { gates, seals: foreign })).toMatchObject([
      { rule: 'gate-not-passed', message: expect.stringMatching(/signed, by nobody whose/) },
    ]);
  });

  it.each([
    ['unsigned', undefined, /it is not signed/],
    ['signed by another key', foreign, /signed, by nobody whose verdicts count/],
  ])('does not count one that is %s', async (_, by, message) => {
    const { repository, image } = await anImage();
    await recordVerdict(repository, image, { ...verdict(image, 'pass', 8), seals: by });

    expect(await missingPasses(repository, image.digest, { gates, seals })).toMatchObject([
      { message: expect.stringMatching(message), hint: expect.stringContaining('lockstep prove') },
    ]);
  });

  it.each([
    ['does not help', 'fail', 'pass', 1],
    ['does not hide ours', 'pass', 'fail', 0],
  ] as const)('takes no notice of a newer one of others: it %s', async (_, own, other, count) => {
    const { repository, image } = await anImage();
    await recordVerdict(repository, image, { ...verdict(image, own, 7), seals });
    for (const by of [undefined, foreign])
      await recordVerdict(repository, image, { ...verdict(image, other, 9), seals: by });

    expect(await missingPasses(repository, image.digest, { gates, seals })).toHaveLength(count);
    expect((await readVerdicts(repository, image.digest, seals)).get('abi')?.result).toBe(own);
  });

  it('takes the newer of two that count', async () => {
    const { repository, image } = await anImage();
    await recordVerdict(repository, image, { ...verdict(image, 'fail', 9), seals });
    await recordVerdict(repository, image, { ...verdict(image, 'pass', 8), seals });

    expect(await missingPasses(repository, image.digest, { gates, seals })).toMatchObject([
      { found: 'fail' },
    ]);
  });

  it('does not count a signed verdict that was moved to another image', async () => {
    const { repository, image } = await anImage();
    const other = await putImage(repository, { seed: 'other' });
    await recordVerdict(repository, other, { ...verdict(image, 'pass', 8), seals });

    expect(await missingPasses(repository, other.digest, { gates, seals })).toHaveLength(1);
  });

  it('is not stopped by something broken that is attached', async () => {
    const { repository, image } = await anImage();
    const layers = [{ mediaType: VERDICT_TYPE, bytes: Buffer.from('no statement') }];
    await writeArtifact(repository, { artifactType: VERDICT_TYPE, subject: image, layers });
    const index = documentOf({
      mediaType: OCI_INDEX,
      artifactType: VERDICT_TYPE,
      manifests: [],
      subject: image,
    });
    await repository.write(index.descriptor, streamOf(index.bytes));
    await recordVerdict(repository, image, { ...verdict(image, 'pass', 8), seals });

    expect(await missingPasses(repository, image.digest, { gates, seals })).toEqual([]);
  });
});
