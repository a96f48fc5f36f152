import { describe, expect, it } from 'vitest';
import { anRpmInputs } from '../../release/testing/inputs.ts';
import { digestOf } from '../../system/digest.ts';
import { PLAIN } from '../text/style.ts';
import { showLocked } from './lock.ts';

describe(showLocked, () => {
  it('says of modules that were taken from images which, and that nothing is built', () => {
    const kernel = '6.18.9-200.fc44.x86_64';
    const image = { kernel, reference: 'registry.example/akmods-zfs:44', digest: digestOf('x') };
    const { builder: _, ...inputs } = anRpmInputs({
      modules: [
        {
          name: 'zfs',
          kind: 'kmods',
          package: 'registry.example/akmods-zfs',
          version: '2.4.3',
          range: {},
          options: [],
          images: [image],
          files: [{ name: 'zfs.rpm', sha256: 'a1'.repeat(32), size: 1, kernel, path: 'zfs.rpm' }],
        },
      ],
    });

    const shown = showLocked(inputs, { packages: true, style: PLAIN });

    expect(shown).toMatch(/^ {2}builder +none: nothing is built$/m);
    expect(shown).toMatch(/^ {4}taken from +registry\.example\/akmods-zfs:44@sha256:/m);
    expect(shown).toMatch(/^ {4}zfs\.rpm +sha256:a1/m);
    expect(shown).not.toContain('packages of the builder');
  });
});
