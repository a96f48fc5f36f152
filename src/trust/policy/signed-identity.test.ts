import { describe, expect, it } from 'vitest';
import { parseImageName } from './image-name.ts';
import type { IdentityMatch } from './policy.ts';
import { matchesIdentity } from './signed-identity.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const remap = {
  type: 'remapIdentity',
  prefix: 'mirror.example/os',
  signedPrefix: 'host.example/real',
} as const;
const repository = { type: 'exactRepository', dockerRepository: 'host.example/real' } as const;
const reference = { type: 'exactReference', dockerReference: 'host.example/real:v1' } as const;
const [exact, orDigest, byName] = (
  ['matchExact', 'matchRepoDigestOrExact', 'matchRepository'] as const
).map((type) => ({ type }));

type Row = [match: IdentityMatch | undefined, image: string, signed: string, expected: boolean];

describe(matchesIdentity, () => {
  it.each<Row>([
    [exact, 'host.example/os:v1', 'host.example/os:v1', true],
    [exact, 'host.example/os:v1', 'host.example/os:v2', false],
    [exact, 'host.example/os:v1', 'host.example/os', false],
    [exact, `host.example/os@${DIGEST}`, 'host.example/os:v1', false],
    [orDigest, 'host.example/os:v1', 'host.example/os:v1', true],
    [orDigest, 'host.example/os:v1', 'host.example/os', false],
    [orDigest, `host.example/os@${DIGEST}`, 'host.example/os:v9', true],
    [orDigest, `host.example/os@${DIGEST}`, 'host.example/other:v9', false],
    [orDigest, `host.example/os@${DIGEST}`, 'host.example/os', false],
    [byName, 'host.example/os:v1', 'host.example/os', true],
    [byName, 'host.example/os:v1', 'host.example/os:v2', true],
    [byName, 'host.example/os:v1', 'host.example/os/more', false],
    [byName, 'busybox:v1', 'docker.io/library/busybox', true],
    [byName, 'host.example/os:v1', 'no name at all', false],
    [repository, 'mirror.example/any:v1', 'host.example/real:v7', true],
    [repository, 'mirror.example/any:v1', 'mirror.example/any', false],
    [reference, 'mirror.example/any:v1', 'host.example/real:v1', true],
    [reference, 'mirror.example/any:v1', 'host.example/real', false],
    [remap, 'mirror.example/os:v1', 'host.example/real:v1', true],
    [remap, 'mirror.example/os/part:v1', 'host.example/real/part:v1', true],
    [remap, 'mirror.example/os2:v1', 'host.example/real2:v1', false],
    [remap, 'mirror.example/os2:v1', 'mirror.example/os2:v1', true],
    [{ ...remap, signedPrefix: 'UPPER' }, 'mirror.example/os:v1', 'UPPER:v1', false],
  ])('%j: of %s, signed for %s: %s', (match, image, signed, expected) => {
    expect(match && matchesIdentity(match, parseImageName(image), signed)).toBe(expected);
  });

  it('takes for an image without a name only what names it itself', () => {
    for (const match of [exact, orDigest, byName, remap])
      expect(match && matchesIdentity(match, undefined, 'host.example/os:v1')).toBe(false);
    expect(matchesIdentity(reference, undefined, 'host.example/real:v1')).toBe(true);
  });
});
