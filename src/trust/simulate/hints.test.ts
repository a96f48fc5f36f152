import { describe, expect, it } from 'vitest';
import { type Circumstances, hintsOf } from './hints.ts';

const closed: Circumstances = {
  policy: { default: [{ type: 'reject' }], transports: new Map() },
  name: 'a.example/os:v1',
  attachmentsOff: false,
  bundles: 0,
  simple: 0,
  onlyIndex: false,
  identities: [],
};

describe(hintsOf, () => {
  it('says nothing where there is nothing to do', () => {
    expect(hintsOf(closed)).toEqual([]);
    expect(hintsOf({ ...closed, attachmentsOff: true, bundles: 1, simple: 1 })).toHaveLength(1);
  });

  it.each<[string, Partial<Circumstances>, RegExp]>([
    [
      'attachments switched off',
      { attachmentsOff: true, simple: 1 },
      /use-sigstore-attachments for a\.example\/os:v1/,
    ],
    ['only a bundle', { bundles: 2 }, /in bundles alone/],
    ['only the index', { onlyIndex: true }, /only the index is signed/],
    [
      'another name',
      { identities: ['b.example/os'] },
      /signed for b\.example\/os: sign it for a\.example\/os:v1/,
    ],
    [
      'a server that is asked too',
      { lookaside: 'https://sig.example' },
      /asks https:\/\/sig\.example for signatures too/,
    ],
    [
      'an open default',
      { policy: { default: [{ type: 'insecureAcceptAnything' }], transports: new Map() } },
      /the default of the policy accepts anything/,
    ],
  ])('tells of %s', (_, found, hint) => {
    const hints = hintsOf({ ...closed, ...found });

    expect(hints).toEqual([expect.stringMatching(hint)]);
  });
});
