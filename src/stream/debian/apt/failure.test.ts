import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../system/error.ts';
import { aptFailure, missingSuites } from './failure.ts';

describe(aptFailure, () => {
  it('says network, with the address and without its credentials, when nobody answers', () => {
    const error = aptFailure(
      'no index',
      'Hit:1 x\nE: Failed to fetch http://me:secret@a.example/debian/dists/x/InRelease  Could not connect to a.example:80\nE: Some index files failed to download.\n',
    );

    expect(error.code).toBe('network');
    expect(error.context.uri).toBe('http://***@a.example/debian/dists/x/InRelease');
    expect(error.message).not.toContain('secret');
    expect(exitCodeOf(error)).toBe(3);
  });

  it('says archive and names the keyring package when a signature cannot be checked', () => {
    const error = aptFailure(
      'no index',
      "W: GPG error: http://a.example/debian x InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 0E98404D386FA1D9\nE: The repository 'http://a.example/debian x InRelease' is not signed.",
    );

    expect(error.code).toBe('archive');
    expect(error.hint).toContain('debian-archive-keyring');
  });

  it('says disk-full when there is no room', () => {
    expect(aptFailure('x', 'E: Write error - write (28: No space left on device)').code).toBe(
      'disk-full',
    );
  });
});

describe(missingSuites, () => {
  it('names the suites that apt did not find', () => {
    const said =
      "E: The repository 'http://a.example/debian sid-updates Release' does not have a Release file.";

    expect(missingSuites(said)).toEqual([{ uri: 'http://a.example/debian', suite: 'sid-updates' }]);
  });
});
