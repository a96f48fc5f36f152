import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDkmsConf } from './dkms-conf.ts';

describe(readDkmsConf, () => {
  it('reads plain assignments and fills in what they name', () => {
    const text = `# remark
PACKAGE_NAME="example"
PACKAGE_VERSION="$PACKAGE_NAME-1.2-3" # with a remark
MAKE="make -C \${kernel_source_dir} M=\${dkms_tree}/x"
BUILT_MODULE_NAME[0]="$PACKAGE_NAME"
BUILD_EXCLUSIVE_KERNEL_MIN="5.10"; OBSOLETE_BY=6."1"'2'
export BUILD_EXCLUSIVE_ARCH=x86_64
BUILD_DEPENDS=(spl "$PACKAGE_NAME-core")
BUILD_EXCLUSIVE_CONFIG="CONFIG_NET
  !CONFIG_PREEMPT_RT"
BUILD_EXCLUSIVE_KERNEL_MIN[1]=7.0`;

    expect(readDkmsConf(text)).toEqual({
      name: 'example',
      version: 'example-1.2-3',
      kernelMin: '5.10',
      obsoleteBy: '6.12',
      arch: 'x86_64',
      config: 'CONFIG_NET !CONFIG_PREEMPT_RT',
      depends: ['spl', 'example-core'],
    });
  });

  it('reads files with line ends of Windows, and escapes as they are after two evaluations', () => {
    const text =
      'PACKAGE_VERSION=1\r\nBUILD_EXCLUSIVE_KERNEL="^6\\."\r\nBUILD_EXCLUSIVE_ARCH=\'^x\\\\d$\'\r\n';

    expect(readDkmsConf(text)).toMatchObject({ version: '1', kernel: '^6\\.', arch: '^x\\d$' });
  });

  it.each([
    ['if [ "$arch" = s390x ]\nthen\nBUILD_EXCLUSIVE_KERNEL_MAX="5.4"\nfi'],
    ['if true; then BUILD_EXCLUSIVE_KERNEL_MAX=5; else BUILD_EXCLUSIVE_KERNEL_MAX=6; fi'],
    ['[[ $kernelver =~ ^6 ]] && BUILD_EXCLUSIVE_KERNEL_MAX=5'],
    ['case $arch in\n  x86_64) BUILD_EXCLUSIVE_KERNEL_MAX=5 ;;\nesac'],
    ['for i in 1 2; do BUILD_EXCLUSIVE_KERNEL_MAX=$i; done'],
    ['f() {\n  BUILD_EXCLUSIVE_KERNEL_MAX=5\n}\nf'],
    ['BUILD_EXCLUSIVE_KERNEL_MAX=$(cat max)'],
    ['BUILD_EXCLUSIVE_KERNEL_MAX=`cat max`'],
    ['BUILD_EXCLUSIVE_KERNEL_MAX=${max:-5}'],
    ["BUILD_EXCLUSIVE_KERNEL_MAX='$(cat max)'"],
    ['BUILD_EXCLUSIVE_KERNEL_MAX=5\nread BUILD_EXCLUSIVE_KERNEL_MAX < max'],
    ['BUILD_EXCLUSIVE_KERNEL_MAX=5\nBUILD_EXCLUSIVE_KERNEL_MAX+=.1'],
  ])('leaves to a shell what only a shell can tell: %s', (text) => {
    const read = readDkmsConf(`PACKAGE_NAME=x\n${text}\n`);

    expect(read).toEqual({
      name: 'x',
      version: undefined,
      untold: ['BUILD_EXCLUSIVE_KERNEL_MAX'],
      depends: [],
    });
  });

  it.each(['. ./other.conf', 'eval "$(cat x)"', 'cat <<END\nPACKAGE_NAME=y\nEND', 'X="open'])(
    'takes no word for certain where anything may be assigned: %s',
    (text) => {
      const read = readDkmsConf(`PACKAGE_NAME=x\n${text}\n`);

      expect(read.name).toBeUndefined();
      expect(read.untold).toHaveLength(6);
    },
  );

  it('gives no name that may be another one under a condition', () => {
    const text = 'PACKAGE_VERSION=1\nif [ -f x ]; then\nPACKAGE_VERSION=2\nfi\n';

    expect(readDkmsConf(text).version).toBeUndefined();
  });

  it('does not take what a command gets in its environment for an assignment', () => {
    expect(readDkmsConf('PACKAGE_NAME=x true\nPACKAGE_VERSION=1').name).toBeUndefined();
    expect(readDkmsConf('PACKAGE_NAME=x true\nPACKAGE_VERSION=1').version).toBe('1');
  });

  it('never tells another value than bash, whatever it reads', () => {
    const statement = fc.constantFrom(
      'V=a',
      'V="b c"',
      "V='$V'",
      'V=d\\ e',
      'V=$V-f',
      'V="${V}"g',
      'export V=h',
      'V=(i j)',
      'V=k true',
      '{ V=l; }',
      '(V=m)',
      'f() { V=n; }',
      'f',
      '# V=o',
      'echo "V=p"',
      'V=q # V=r',
      'if true; then V=s; fi',
      'false && V=t',
      'case a in a) V=u;; esac',
      '[[ a ]] || V=v',
      'echo "\nV=w"',
      "echo '\nV=x\n'",
      'V=y > /dev/null',
      'V=z | cat',
      'true',
      '$(V=0)',
      '"',
    );
    const separator = fc.constantFrom('\n', '; ', ' && ', ' || ', ' ', ' & ', ' \\\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(statement, separator), { maxLength: 6 }), (pieces) => {
        const text = pieces.flat().join('').replaceAll(/\bV\b/g, 'PACKAGE_NAME');
        const { name } = readDkmsConf(text);
        const said = asBashSays(text);
        if (name != null && said != null) expect(said, text).toBe(name);
      }),
      { numRuns: 100 },
    );
  });
});

/** What the name comes to in bash; undefined for what is no script. */
function asBashSays(text: string): string | undefined {
  const script = 'eval "$1" > /dev/null; wait; echo "$PACKAGE_NAME"';
  const bash = (...args: string[]) => spawnSync('bash', args, { input: text, encoding: 'utf8' });
  if (bash('-n').status !== 0) return undefined;
  return bash('-c', script, 'bash', text).stdout.replace(/\r?\n$/, '');
}
