import { describe, expect, it } from 'vitest';
import { parseConfig } from '../parse.ts';
import { profileNames } from './names.ts';
import { profileConfig, questionsOf, usualAnswers } from './profile.ts';

describe(profileConfig, () => {
  it.each(profileNames)('of %s is read, and has nothing that its questions refuse', (name) => {
    const text = profileConfig(name, {}, { schema: 'schema.json' });
    const { config, problems } = parseConfig(text, 'lockstep.yaml');

    expect(problems).toBeUndefined();
    expect(config?.streams).toHaveLength(1);
    expect(text).toMatch(/^# yaml-language-server: \$schema=schema\.json\n/);
    for (const [key, question] of Object.entries(questionsOf(name)))
      expect(question.shape.parse(usualAnswers(name)[key])).toBe(question.usual);
  });

  it('writes answers so that they are read back as they were', () => {
    const answers = { suite: 'on', image: '1e3', registry: 'oci:./a#b' };
    const { config } = parseConfig(profileConfig('debian', answers, { schema: 'x' }), 'f');
    const [stream] = config?.streams ?? [];

    expect(stream?.base.debian?.suite).toBe('on');
    expect(stream?.publish).toMatchObject({ image: '1e3', registry: 'oci:./a#b' });
  });

  it('names the module of a DKMS package', () => {
    expect(profileConfig('dkms', { package: 'acpi-call-dkms' }, { schema: 'x' })).toMatch(
      /name: acpi-call\n +dkms: acpi-call-dkms/,
    );
  });

  it.each(['my: image # 1', 'no such name!!', ''])('refuses the name %j', (name) => {
    expect(questionsOf('debian').image?.shape.safeParse(name).success).toBe(false);
  });

  it.each(['a b', 'oci:', 'https://registry.example', 'oci:x:y'])(
    'refuses the registry %j',
    (registry) => {
      const { shape } = questionsOf('debian').registry ?? {};
      expect(shape?.safeParse(registry).success).toBe(false);
    },
  );

  it.each(profileNames)('of %s has what jobs need, where files of CI are made', (name) => {
    const ci = { engine: 'github', registry: 'registry.example/you' } as const;
    const { config } = parseConfig(profileConfig(name, {}, { schema: 'x', ci }), 'lockstep.yaml');

    expect(config?.ci).toMatchObject({ engine: 'github', program: 'npm', schedule: '0 6 * * *' });
    expect(config?.streams[0]?.publish.registry).toBe('registry.example/you');
    const { registry } = questionsOf(name, ci);
    expect(registry?.shape.safeParse('oci:./store').success).toBe(false);
    expect(registry?.shape.safeParse('oci:/srv/store').success).toBe(true);
  });
});
