import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse.ts';
import { profileConfig, profileOf, usualAnswers } from './profile.ts';
import { profileNames } from './profile-names.ts';

describe(profileConfig, () => {
  it.each(profileNames)('of %s is read, and has nothing that its questions refuse', (name) => {
    const text = profileConfig(name, {}, 'schema.json');
    const { config, problems } = parseConfig(text, 'lockstep.yaml');

    expect(problems).toBeUndefined();
    expect(config?.streams).toHaveLength(1);
    expect(text).toMatch(/^# yaml-language-server: \$schema=schema\.json\n/);
    for (const [key, question] of Object.entries(profileOf(name).questions))
      expect(question.shape.parse(usualAnswers(name)[key])).toBe(question.usual);
  });

  it('writes answers so that they are read back as they were', () => {
    const answers = { suite: 'on', image: '1e3', registry: 'oci:./a#b' };
    const { config } = parseConfig(profileConfig('debian', answers, 'x'), 'f');
    const [stream] = config?.streams ?? [];

    expect(stream?.base.debian?.suite).toBe('on');
    expect(stream?.publish).toMatchObject({ image: '1e3', registry: 'oci:./a#b' });
  });

  it('names the module of a DKMS package', () => {
    expect(profileConfig('dkms', { package: 'acpi-call-dkms' }, 'x')).toMatch(
      /name: acpi-call\n +dkms: acpi-call-dkms/,
    );
  });

  it.each(['my: image # 1', 'no such name!!', ''])('refuses the name %j', (name) => {
    expect(profileOf('debian').questions.image?.shape.safeParse(name).success).toBe(false);
  });

  it.each(['a b', 'oci:', 'https://registry.example', 'oci:x:y'])(
    'refuses the registry %j',
    (registry) => {
      const { shape } = profileOf('debian').questions.registry ?? {};
      expect(shape?.safeParse(registry).success).toBe(false);
    },
  );
});
