import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../oci/reference.ts';
import { subjectOf } from './subject.ts';

const asked = (reference: string, as?: string) => {
  const { transport, scopes } = subjectOf(parseReference(reference), as, '/project');
  return `${transport} ${scopes[0]}`;
};

describe(subjectOf, () => {
  it.each([
    ['a.example/os:v1', undefined, 'docker a.example/os:v1'],
    ['a.example/os', undefined, 'docker a.example/os:latest'],
    ['a.example/os:v1', 'm.example/os', 'docker m.example/os:v1'],
    ['a.example/os:v1', 'docker://m.example/os:v2', 'docker m.example/os:v2'],
    ['a.example/os:v1', 'atomic:m.example/owner/os', 'atomic m.example/owner/os:v1'],
    ['oci:store/os:v1', 'm.example/os', 'docker m.example/os:v1'],
    ['oci:store/os:v1', undefined, 'oci /project/store/os'],
    ['a.example/os:v1', 'oci:/var/store/os:v1', 'oci /var/store/os'],
    ['a.example/os:v1', 'dir:/var//os/', 'dir /var/os'],
  ])('%s as %s is judged as %s', (reference, as, expected) => {
    expect(asked(reference, as)).toBe(expected);
  });

  it.each([
    ['a.example/os', 'UPPER/case', /HOST\/NAME\[:TAG\] is expected/],
    ['a.example/os', 'oci:relative', /the path must be absolute/],
    [`a.example/os`, `m.example/os:v1@sha256:${'a'.repeat(64)}`, /a tag or a digest, not both/],
  ])('of %s refuses --as %s', (reference, as, why) => {
    expect(() => asked(reference, as)).toThrow(why);
  });
});
