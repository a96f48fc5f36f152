import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../system/digest.ts';
import { MANIFEST_LIMIT } from './content.ts';
import { childrenOf, isIndex, parseManifest } from './manifest.ts';
import { DOCKER_INDEX, DOCKER_MANIFEST, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from './media-type.ts';

const blob = { mediaType: OCI_LAYER, digest: digestOf('layer'), size: 5 };
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const image = { schemaVersion: 2, config: blob, layers: [blob] };

describe('parseManifest', () => {
  it.each([
    [{ ...image, mediaType: OCI_MANIFEST }, undefined, OCI_MANIFEST],
    [{ ...image, mediaType: DOCKER_MANIFEST }, OCI_MANIFEST, DOCKER_MANIFEST],
    [image, undefined, OCI_MANIFEST],
    [image, DOCKER_MANIFEST, DOCKER_MANIFEST],
    [{ schemaVersion: 2, manifests: [blob] }, undefined, OCI_INDEX],
    [{ schemaVersion: 2, manifests: [], mediaType: DOCKER_INDEX }, undefined, DOCKER_INDEX],
  ])('tells the media type of %j sent as %s', (value, given, expected) => {
    const manifest = parseManifest(bytesOf(value), given);

    expect(manifest.mediaType).toBe(expected);
    expect(childrenOf(manifest).length).toBe(isIndex(manifest) ? manifest.manifests.length : 2);
  });

  it('lets members pass that it does not know', () => {
    const value = { ...image, later: { a: 1 }, layers: [{ ...blob, later: true, data: 'aGk=' }] };

    expect(childrenOf(parseManifest(bytesOf(value)))).toEqual([blob, blob]);
  });

  it.each([
    { ...image, annotations: null, subject: null, artifactType: null, mediaType: null },
    { ...image, layers: [{ ...blob, annotations: null, urls: null, platform: null }] },
    { ...image, annotations: { a: null }, layers: [blob] },
    { schemaVersion: 2, annotations: null, manifests: [blob, { ...blob, platform: null }] },
  ])('takes null for what is left out: %j', (value) => {
    expect(childrenOf(parseManifest(bytesOf(value)))).toContainEqual(blob);
  });

  it.each([
    [{ ...image, layers: null }, undefined, [blob]],
    [{ schemaVersion: 2, manifests: null, mediaType: OCI_INDEX }, undefined, []],
    [{ schemaVersion: 2, manifests: null }, DOCKER_INDEX, []],
  ])('takes null for a list of nothing: %j', (value, given, children) => {
    expect(childrenOf(parseManifest(bytesOf(value), given))).toEqual(children);
  });

  it.each([
    ['schema 1', { schemaVersion: 1, fsLayers: [] }, 'unsupported'],
    ['a list', [], 'invalid-content'],
    ['a negative size', { ...image, config: { ...blob, size: -1 } }, 'invalid-content'],
    ['another digest', { ...image, config: { ...blob, digest: 'md5:0' } }, 'invalid-content'],
    ['image and index at once', { ...image, manifests: [blob] }, 'invalid-content'],
    ['nothing', {}, 'invalid-content'],
  ])('refuses %s', (_, value, code) => {
    expect(() => parseManifest(bytesOf(value))).toThrow(expect.objectContaining({ code }));
  });

  it('refuses what is too large before it looks at it', () => {
    expect(() => parseManifest(Buffer.alloc(MANIFEST_LIMIT + 1))).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
  });

  it('never fails but by its name, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            parseManifest(bytes);
          } catch (error) {
            expect(error).toMatchObject({ name: 'LockstepError' });
          }
        },
      ),
    );
  });
});
