import { describe, expect, it } from 'vitest';
import { type ContainerfileRequest, debianContainerfile } from './containerfile.ts';

function aRequest(change: Partial<ContainerfileRequest> = {}): ContainerfileRequest {
  return {
    base: 'oci:base:base-12-abc',
    kmods: [{ kernel: '6.1.0-1-amd64', reference: 'oci:kmods:key-1' }],
    load: ['zfs'],
    enable: ['zfs.target'],
    has: { packages: true, overlay: true },
    labels: { 'dev.lockstep.kernel': '6.1.0-1-amd64' },
    ...change,
  };
}

describe('debianContainerfile', () => {
  it('takes base and kmods by name, indexes the kernel and enables units', () => {
    const text = debianContainerfile(aRequest());

    expect(text).toMatch(/^FROM oci:kmods:key-1 AS kmods-1\nFROM oci:base:base-12-abc$/m);
    expect(text).toContain(
      'from=kmods-1,source=/,target=/run/lockstep/kmods/6.1.0-1-amd64 \\\n    --mount',
    );
    expect(text).toContain(
      'install /run/lockstep/kmods/6.1.0-1-amd64/*.deb /run/lockstep/packages/*.deb;',
    );
    expect(text).toContain('depmod -a 6.1.0-1-amd64');
    expect(text).toContain('systemctl enable zfs.target');
    expect(text).toContain('echo zfs >> /etc/modules-load.d/lockstep.conf');
    expect(text).toContain('LABEL dev.lockstep.kernel="6.1.0-1-amd64"');
  });

  it('leaves out what the context does not have', () => {
    const text = debianContainerfile(aRequest({ has: { packages: false, overlay: false } }));

    expect(text).not.toMatch(/COPY|lockstep\/packages/);
  });

  it('fetches nothing and leaves no identity of a machine behind', () => {
    const text = debianContainerfile(aRequest());

    expect(text).toContain('Dir::Etc::SourceList=/dev/null');
    expect(text).toContain('rm -f /etc/hostid');
  });
});
