import { describe, expect, it } from 'vitest';
import { locationOf } from './upload.ts';

describe(locationOf, () => {
  const url = new URL('https://registry.example/v2/r/blobs/uploads/');

  it.each([
    ['1?state=x', 'https://registry.example/v2/r/blobs/uploads/1?state=x'],
    ['/elsewhere', 'https://registry.example/elsewhere'],
    ['https://storage.example/1', 'https://storage.example/1'],
  ])('goes on at %s', (location, place) => {
    expect(locationOf({ headers: { location }, url }).href).toBe(place);
  });

  it('goes on in the clear where it began in the clear, or by TLS', () => {
    const plain = new URL('http://127.0.0.1/v2/');

    expect(locationOf({ headers: { location: '/1' }, url: plain }).protocol).toBe('http:');
    expect(locationOf({ headers: { location: 'https://x.example' }, url: plain }).protocol).toBe(
      'https:',
    );
  });

  it.each(['http://registry.example/1', 'http://other.example/1', 'ftp://registry.example/1'])(
    'refuses to fall from TLS to %s',
    (location) => {
      expect(() => locationOf({ headers: { location }, url })).toThrow(/over plain HTTP/);
    },
  );

  it.each([undefined, '', 'http://['])('refuses %j', (location) => {
    expect(() => locationOf({ headers: { location }, url })).toThrow(/where to upload/);
  });
});
