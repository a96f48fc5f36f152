import { describe, expect, it } from 'vitest';
import { requireScope } from './scope.ts';

describe(requireScope, () => {
  it.each(['quay.io/me/zfs', 'quay.io', 'localhost:5000/zfs', '127.0.0.1:7300', '*.example.org'])(
    'takes %j',
    (scope) => {
      expect(requireScope(scope)).toBe(scope);
    },
  );

  it.each(['', 'https://quay.io/me', 'quay.io/me/zfs:latest', 'quay.io/me/', 'a b', 'oci:store'])(
    'refuses %j, which no image has',
    (scope) => {
      expect(() => requireScope(scope)).toThrow('HOST/NAME is expected');
    },
  );
});
