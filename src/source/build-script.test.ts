import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { askScript, buildScript } from './build-script.ts';
import { EXPERIMENTAL } from './module-source.ts';
import { aModuleSource } from './testing/module-source.ts';

const target = { kernelRelease: '6.1.0-56-cloud-amd64', jobs: 2 };

describe(buildScript, () => {
  it.each([
    ['debian', 'sh'],
    ['dkms', 'bash'],
  ] as const)('makes a script of a %s source that %s can read', (kind, shell) => {
    const script = buildScript(aModuleSource({ kind }), target);

    const { status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });

    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(script).toContain('6.1.0-56-cloud-amd64');
  });

  it('allows a newer kernel only when the source says so', () => {
    const source = aModuleSource({ options: [EXPERIMENTAL] });

    expect(buildScript(source, target)).toContain('--enable-linux-experimental');
    expect(buildScript(aModuleSource(), target)).not.toContain('--enable-linux-experimental');
  });

  it('asks a dkms.conf beforehand only where a shell must tell', () => {
    const untold = { depends: [], untold: ['BUILD_EXCLUSIVE_KERNEL'] };
    const asked = aModuleSource({ kind: 'dkms', conf: untold });

    expect(askScript(asked, target)).toContain('excluded by dkms.conf');
    expect(askScript(aModuleSource({ kind: 'dkms', conf: { depends: [] } }), target)).toBe(
      undefined,
    );
    expect(askScript(aModuleSource(), target)).toBe(undefined);
  });

  it('refuses a kernel release and a file name that are more than that', () => {
    const [file] = aModuleSource().files;
    const odd = aModuleSource({ files: [{ ...file!, name: `x'; rm -rf y'.dsc` }] });

    expect(() => buildScript(aModuleSource(), { ...target, kernelRelease: '6.1; reboot' })).toThrow(
      /not a kernel release/,
    );
    expect(() => buildScript(odd, target)).toThrow(/no .dsc file/);
  });
});
