import { describe, expect, it } from 'vitest';
import { readModprobeConfig } from '../../../kernel/kmod/modprobe-config.ts';
import { checkModprobe, type ProbedModule } from './modprobe-rules.ts';

const dummy: ProbedModule = {
  name: 'dummy',
  modinfo: [
    ['parm', 'numdummies:Number of dummies'],
    ['parmtype', 'numdummies:int'],
  ],
};

function check(text: string, { line = '', atBoot = false, module = dummy } = {}) {
  const config = readModprobeConfig(
    [{ path: 'etc/modprobe.d/a.conf', text }],
    [{ path: 'etc/kernel/cmdline', text: line }],
  );
  const loadedAtBoot = new Set(atBoot ? ['dummy'] : []);
  return checkModprobe(config, [module], { loadedAtBoot, has: (name) => name === 'stp' });
}

const rules = (found: ReturnType<typeof check>) =>
  found.map(({ rule, severity }) => `${severity} ${rule}`);

describe('checkModprobe', () => {
  it.each([
    ['install dummy /bin/false', 'error modprobe-install'],
    ['install dum* /usr/bin/true # never', 'error modprobe-install'],
    ['install dummy :', 'error modprobe-install'],
    ['install dummy exit 1', 'error modprobe-install'],
    ['install dummy /sbin/modprobe other', 'warning modprobe-install'],
    ['install dummy /usr/libexec/decide', 'warning modprobe-install'],
    ['blacklist dummy', 'warning modprobe-blacklist'],
    ['options dummy numdummies=many', 'error modprobe-options'],
    ['options dummy numdummies', 'error modprobe-options'],
    ['options dummy number=1', 'warning modprobe-options'],
    ['softdep dummy pre: stp nothing', 'info modprobe-softdep'],
    ['alias dummy off', 'error modprobe-alias'],
  ])('%s: %s', (text, rule) => {
    expect(rules(check(text))).toEqual([rule]);
  });

  it.each([
    '# install dummy /bin/false',
    'install other /bin/false',
    'install dummy /sbin/modprobe --ignore-install dummy && /usr/bin/tune',
    'install dummy /bin/echo; insmod /lib/dummy.ko',
    'install dummy /sbin/modprobe -i dummy $CMDLINE_OPTS\ninstall dummy /bin/false',
    'blacklist dum',
    'options dummy numdummies=2',
    'options dummy -- numdummies=many',
    'softdep dummy pre: stp post: stp',
    'alias eth0 dummy',
    'alias dummy dummy',
    'remove dummy /bin/false',
  ])('lets pass: %s', (text) => {
    expect(check(text)).toEqual([]);
  });

  it('counts a blacklist as an error for what is to be loaded at boot', () => {
    expect(rules(check('blacklist dummy', { atBoot: true }))).toEqual(['error modprobe-blacklist']);
  });

  it('reads the arguments of the kernel', () => {
    const line = 'module_blacklist=other,dummy dummy.numdummies=many modprobe.blacklist=dummy';

    expect(rules(check('', { line }))).toEqual([
      'error modprobe-blacklist',
      'error modprobe-options',
    ]);
    expect(rules(check('', { line: 'module_blacklist=dum' }))).toEqual([]);
  });

  it('says where, and what is wrong with a value', () => {
    expect(check('\noptions dummy numdummies=1 numdummies=many')).toEqual([
      {
        rule: 'modprobe-options',
        severity: 'error',
        message:
          'numdummies=many is invalid for parameter numdummies: the kernel does not load dummy',
        where: { file: 'etc/modprobe.d/a.conf', line: 2 },
        expected: 'int',
        found: 'numdummies=many',
        hint: 'change etc/modprobe.d/a.conf line 2',
      },
    ]);
  });

  it('judges what another module needs, by what counts for it', () => {
    const module = { ...dummy, neededBy: 'ours' };

    expect(check('blacklist dummy\nalias dummy off', { module })).toEqual([]);
    expect(check('install dummy /bin/false', { module })[0]?.message).toMatch(/ours needs it/);
  });
});
