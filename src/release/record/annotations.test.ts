import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { IMAGE_ANNOTATION, kmodsSaid, kmodsText, sourceLabel } from './annotations.ts';

describe(kmodsSaid, () => {
  it('reads what was written, in its order', () => {
    const kmods = ['6.12.9+deb12~1-amd64', '6.13.1-200.fc41.x86_64'].map((kernel) => ({
      kernel,
      digest: digestOf(kernel),
    }));

    expect(kmodsSaid({ [IMAGE_ANNOTATION.kmods]: kmodsText(kmods) })).toEqual(kmods);
  });

  it.each([undefined, '', digestOf('x'), `=${digestOf('x')}`, '6.1=sha256:12', 'a b'])(
    'finds nothing in %j',
    (text) => {
      expect(kmodsSaid(text == null ? {} : { [IMAGE_ANNOTATION.kmods]: text })).toEqual([]);
    },
  );
});

describe(sourceLabel, () => {
  it('names the repository of the workflow', () => {
    const env = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'me/os' };

    expect(sourceLabel(env)).toEqual({
      'org.opencontainers.image.source': 'https://github.com/me/os',
    });
    expect(sourceLabel({ GITHUB_REPOSITORY: 'me/os' })).toEqual({});
  });
});
