import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import type { Finding } from '../../system/finding.ts';
import { MAIN } from '../channel/channel.ts';
import { endsOf } from '../channel/ends.ts';
import { DESCRIPTION_TYPE, readDescription } from '../record/description.ts';
import { readVerdicts } from '../record/verdicts.ts';
import { aStream } from '../testing/inputs.ts';
import { trustBy } from '../testing/signed-promotion.ts';
import { keepVerdict, requirePass } from './verdict-step.ts';

const warning = (rule: string): Finding => ({
  rule,
  severity: 'warning',
  message: `${rule} is odd`,
});

describe(requirePass, () => {
  it('tells which warnings there were', () => {
    expect(requirePass('abi', [])).toBe('pass');
    expect(requirePass('abi', [warning('a')], 'ran on tcg')).toBe(
      'pass with 1 warning (a: a is odd); ran on tcg',
    );
    expect(requirePass('abi', ['a', 'b', 'c', 'd', 'e'].map(warning))).toBe(
      'pass with 5 warnings (a: a is odd; b: b is odd; c: c is odd; and 2 more)',
    );
  });

  it('throws what stands against it', () => {
    const findings = [{ ...warning('a'), severity: 'error' as const }];

    expect(() => requirePass('abi', findings)).toThrow('gate abi says no\n  a: a is odd');
  });
});

describe(keepVerdict, () => {
  it('keeps the names of files, and not where the project lay', async () => {
    const [project, registry] = ['/home/me/project', memoryRegistry()];
    const ends = endsOf(aStream(), MAIN, { registry, project, env: {}, emit: () => undefined });
    const image = await putImage(ends.image, { seed: 'x', tag: 'x' });
    const log = '.lockstep/runs/x/boot/console.log';
    const at = (file: string) => [
      { ...warning('boot-panic'), hint: `read ${file}`, where: { file } },
    ];

    const now = () => new Date('2026-11-20T08:00:00Z');
    const judged = {
      gate: 'boot',
      image,
      terms: 'load',
      findings: at(`${project}/${log}`),
    } as const;
    await keepVerdict({ ends, now, project }, judged);

    const verdict = (await readVerdicts(ends.image, image.digest)).get('boot');
    expect(verdict?.findings).toEqual(at(log));
  });
  it('describes once, signed, what passes the gate contents of a stream with trust', async () => {
    const [project, registry] = ['/home/me/project', memoryRegistry()];
    const ends = endsOf(aStream(), MAIN, { registry, project, env: {}, emit: () => undefined });
    const files = { 'var/lib/dpkg/status': 'Package: bash\nStatus: a b installed\nVersion: 5\n' };
    const image = await putLayers(ends.image, [gzipLayer(files)]);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const trust = trustBy(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const place = { ends, now: () => new Date('2026-11-20T08:00:00Z'), project };
    const told = (gate: 'abi' | 'contents', findings: Finding[] = []) =>
      ({ gate, image, terms: 'v1', findings }) as const;
    const count = async () => (await ends.image.referrers(image.digest, DESCRIPTION_TYPE)).length;

    await keepVerdict(place, told('contents'));
    await keepVerdict({ ...place, trust }, told('abi'));
    await keepVerdict(
      { ...place, trust },
      told('contents', [{ ...warning('a'), severity: 'error' }]),
    );
    expect(await count()).toBe(0);

    await keepVerdict({ ...place, trust }, told('contents'));
    await keepVerdict({ ...place, trust }, told('contents'));
    expect(await count()).toBe(1);
    const description = await readDescription(ends.image, image.digest, trust.verdicts);
    expect(description?.contents.packages).toMatchObject([{ name: 'bash', version: '5' }]);
  });
});
