import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../system/error.ts';
import { OCI_LAYER_GZIP, OCI_LAYER_ZSTD } from '../media-type.ts';
import { memoryRepository } from '../memory.ts';
import { estargzLayer } from '../testing/estargz.ts';
import { putBlob } from '../testing/image.ts';
import { headerOf, parseTocJson } from './entry.ts';
import { estargzEntries } from './estargz-footer.ts';
import { readToc } from './read.ts';

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.string({ maxLength: 3 }),
  fc.constant(null),
);
const entry = fc.record(
  {
    type: fc.constantFrom('reg', 'chunk', 'dir', 'symlink', 'hardlink', 'char', 'door'),
    name: fc.oneof(fc.constantFrom('a', 'b', '../x', ''), fc.string()),
    linkName: fc.oneof(fc.constant('a'), fc.integer()),
    size: number,
    offset: number,
    endOffset: number,
    chunkOffset: number,
    chunkSize: number,
    modtime: fc.oneof(fc.string(), fc.constant('2020-01-01T00:00:00.5Z')),
    xattrs: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

function requireNamed(error: unknown): void {
  if (!(error instanceof LockstepError)) throw error;
  expect(error.code).toMatch(/^(invalid-content|limit-exceeded|digest-mismatch)$/);
}

describe('tables of contents of any content', () => {
  it('are read or refused with a named error', () => {
    const anything = fc.oneof(fc.array(entry, { maxLength: 6 }), fc.jsonValue());
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 1000 }), (entries, end) => {
        try {
          const raws = parseTocJson(
            Buffer.from(JSON.stringify({ version: 1, entries })),
            'a layer',
          );
          for (const each of estargzEntries(raws, 'gzip', end, 'a layer')) {
            expect(each.header.size).toBeGreaterThanOrEqual(0);
            for (const { start, end: stop } of each.place?.pieces ?? []) {
              expect(start >= 0 && start < stop && stop <= end).toBe(true);
            }
          }
          for (const raw of raws) if (raw.type !== 'chunk') headerOf(raw, 'a layer');
        } catch (error) {
          requireNamed(error);
        }
      }),
    );
  });

  it.each([
    ['gzip', OCI_LAYER_GZIP, 'estargz'],
    ['zstd', OCI_LAYER_ZSTD, 'zstd'],
  ] as const)('in a damaged %s layer are refused with a named error', async (_, type, footer) => {
    const { bytes } = estargzLayer({ a: 'content', b: 'more' }, { footer });
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, byte) => {
        const repository = memoryRepository();
        const damaged = Buffer.from(bytes);
        damaged[at] = byte;
        await readToc(repository, await putBlob(repository, type, damaged)).catch(requireNamed);
      }),
      { numRuns: 300 },
    );
  });
});
