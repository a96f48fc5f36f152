import { describe, expect, it } from 'vitest';
import { parseImageName } from './image-name.ts';
import { lookasideOf, looksAtAttachments, parseRegistries } from './registries.ts';
import { registrySubject, type Subject } from './subject.ts';

const read = (...texts: string[]) =>
  parseRegistries(texts.map((text, at) => ({ file: `${at}.yaml`, bytes: Buffer.from(text) })));

function subject(text: string, transport: 'docker' | 'atomic' = 'docker'): Subject {
  const name = parseImageName(text);
  if (!name) throw new Error(`${text} is no name`);
  return registrySubject(name, transport);
}

describe(looksAtAttachments, () => {
  it('lets the most exact scope decide that says something of it', () => {
    const registries = read(
      'default-docker: { use-sigstore-attachments: true }\n',
      'docker:\n  a.example: { use-sigstore-attachments: false }\n  a.example/silent: { lookaside: "https://x.example" }\n',
      'docker:\n  a.example/os: { use-sigstore-attachments: yes }\n  "*.wild.example": { use-sigstore-attachments: off }\n',
    );
    const looks = (name: string) => looksAtAttachments(registries, subject(name));

    expect(
      ['a.example/os:v1', 'a.example/silent', 'b.example/os', 'x.wild.example/os'].map(looks),
    ).toEqual([true, false, true, false]);
    expect(lookasideOf(registries, subject('a.example/silent/part'))).toBe('https://x.example');
    expect(looksAtAttachments(registries, subject('b.example/os', 'atomic'))).toBe(false);
  });

  it('says no where nothing is said', () => {
    expect(looksAtAttachments(read('', 'docker:\n'), subject('a.example/os'))).toBe(false);
  });
});

describe(parseRegistries, () => {
  it.each([
    [
      'two that speak of one scope',
      ['docker: { a: {} }', 'docker: { a: {} }'],
      /another file .* a too/,
    ],
    ['two defaults', ['default-docker: {}', 'default-docker: {}'], /default-docker too/],
    ['one that is no YAML', ['docker: ['], /^0\.yaml:1:\d+: /],
    ['a word for a truth', ['docker: { a: { use-sigstore-attachments: maybe } }'], /true or false/],
    ['a list for scopes', ['docker: []'], /^0\.yaml:1:\d+: docker/],
  ])('refuses %s', (_, texts, message) => {
    expect(() => read(...texts)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringMatching(message) }),
    );
  });
});
