/** A root in which a module is looked for and loaded by the suite's own kmod. */
export interface ProbingCase {
  name: string;
  /** The module that is asked for. */
  module: string;
  /** Modules of the kernel's own tree by the path at which they lie, from its folder or absolute. */
  modules: Readonly<Record<string, string>>;
  /** Configuration, and links. */
  files: Readonly<Record<string, string | { link: string }>>;
  /** What the kernel is told, which stands in `etc/kernel/cmdline` too. */
  arguments?: string;
}

/** The modules of a kernel's tree that the cases need. */
export const PROBED: readonly string[] = ['dummy', 'garp', 'stp', 'llc'];

const OWN = 'kernel/drivers/net/dummy.ko';
const both = { [OWN]: 'dummy', 'updates/dummy.ko': 'dummy' };
const three = { ...both, 'extra/sub/dummy.ko': 'dummy' };
const stack = {
  'kernel/net/llc/llc.ko': 'llc',
  'kernel/net/802/stp.ko': 'stp',
  'updates/garp.ko': 'garp',
};

type Files = ProbingCase['files'];

/** Which of several files counts, by depmod.d(5). */
function copies(name: string, files: Files, modules: ProbingCase['modules'] = three): ProbingCase {
  return { name, module: 'dummy', modules, files };
}

/** Whether a module is loaded, by modprobe.d(5). */
function probing(name: string, line: string, module = 'dummy'): ProbingCase {
  const modules = module === 'dummy' ? { 'updates/dummy.ko': 'dummy' } : stack;
  return { name, module, modules, files: { 'etc/modprobe.d/case.conf': `${line}\n` } };
}

function told(name: string, line: string): ProbingCase {
  return { ...probing(name, '# nothing'), arguments: line };
}

const SEARCH_OWN = 'search built-in updates\n';

/** Everything that is asked of every kernel. */
export const PROBING_CASES: readonly ProbingCase[] = [
  copies('updates by itself', {}),
  copies('search', { 'etc/depmod.d/a.conf': 'search extra updates built-in\n' }),
  copies(
    'search, the own copy first',
    { 'usr/lib/depmod.d/a.conf': 'search built-in extra\n' },
    both,
  ),
  copies(
    'search in two files',
    { 'etc/depmod.d/b.conf': 'search updates\n', 'run/depmod.d/a.conf': 'search built-in\n' },
    both,
  ),
  copies('search continued', { 'etc/depmod.d/a.conf': 'search \\\nextra built-in\n' }),
  copies('override', { 'etc/depmod.d/a.conf': 'override dummy * extra/sub\n' }),
  copies('override of a folder above', { 'etc/depmod.d/a.conf': 'override dummy * extra\n' }),
  copies('two overrides', {
    'etc/depmod.d/a.conf': 'override dummy * extra/sub\noverride dummy * kernel/drivers/net\n',
  }),
  copies('override for all digits', {
    'etc/depmod.d/a.conf': 'override dummy ^[[:digit:]]+[.] extra/sub\n',
  }),
  copies('override for another kernel', {
    'etc/depmod.d/a.conf': 'override dummy ^1[.] extra/sub\n',
  }),
  copies('exclude', { 'etc/depmod.d/a.conf': 'exclude updates\nexclude sub\n' }),
  copies(
    'external',
    { 'etc/depmod.d/a.conf': 'external * /opt/modules\nsearch external built-in\n' },
    { ...both, '/opt/modules/dummy.ko': 'dummy' },
  ),
  copies(
    'a command that kmod does not know',
    { 'etc/depmod.d/a.conf': 'make_map_files yes\nsearch built-in\n' },
    both,
  ),
  copies(
    'a mask in /etc',
    { 'usr/lib/depmod.d/a.conf': SEARCH_OWN, 'etc/depmod.d/a.conf': { link: '/dev/null' } },
    both,
  ),
  copies(
    'a mask in /run',
    { 'usr/lib/depmod.d/a.conf': SEARCH_OWN, 'run/depmod.d/a.conf': '' },
    both,
  ),
  copies(
    'no .conf',
    { 'etc/depmod.d/a.txt': SEARCH_OWN, 'etc/depmod.d/.a.conf': SEARCH_OWN },
    both,
  ),
  copies(
    'weak-updates',
    {
      'usr/lib/modules/VERSION/weak-updates/dummy.ko': {
        link: '/usr/lib/modules/5.0.0/extra/dummy.ko',
      },
    },
    { '../5.0.0/extra/dummy.ko': 'dummy' },
  ),
  copies(
    'a folder of links',
    { 'usr/lib/modules/VERSION/updates': { link: '../5.0.0/extra' } },
    { [OWN]: 'dummy', '../5.0.0/extra/dummy.ko': 'dummy' },
  ),
  copies(
    'build and source',
    { 'etc/depmod.d/a.conf': 'search updates built-in\n' },
    { [OWN]: 'dummy', 'updates/build/dummy.ko': 'dummy', 'updates/source/dummy.ko': 'dummy' },
  ),

  probing('nothing said', '# install dummy /bin/false'),
  probing('install /bin/false', 'install dummy /bin/false'),
  probing('install /bin/true by a pattern', 'install dum* /bin/true'),
  probing('install, continued', 'install dummy \\\n/bin/false'),
  probing('install that loads', 'install dummy /bin/modprobe --ignore-install dummy'),
  probing('two installs', 'install dummy /bin/modprobe -i dummy\ninstall dummy /bin/false'),
  probing('install of another module', 'install dummy2 /bin/false'),
  probing('blacklist', 'blacklist dummy'),
  probing('an option', 'options dummy numdummies=2'),
  probing('a number that is none', 'options dummy numdummies=many'),
  probing('a number in octal', 'options dummy numdummies=08'),
  probing('no value', 'options dummy numdummies'),
  probing('a number too large', 'options dummy numdummies=2147483648'),
  probing('a quoted number', 'options dummy numdummies="1"'),
  probing('an unknown parameter', 'options dummy nothing=1'),
  probing('behind two dashes', 'options dummy -- numdummies=many'),
  probing('options of two lines', 'options dummy numdummies=1\noptions dummy numdummies=x'),
  probing('alias to off', 'alias dummy off'),
  probing('alias to itself', 'alias dum* dummy'),
  probing('softdep on nothing', 'softdep dummy pre: nothing post: nobody'),
  probing('a module that needs others', '# nothing', 'garp'),
  probing('install of what it needs', 'install llc /bin/false', 'garp'),
  probing('blacklist of what it needs', 'blacklist llc', 'garp'),
  probing('alias of what it needs', 'alias llc off', 'garp'),
  probing('softdep that cannot be loaded', 'softdep dummy pre: llc\ninstall llc /bin/false'),
  {
    ...probing('a mask of modprobe.d', '# nothing'),
    files: {
      'usr/lib/modprobe.d/a.conf': 'install dummy /bin/false\n',
      'etc/modprobe.d/a.conf': { link: '/dev/null' },
    },
  },
  {
    ...probing('a file with .alias', '# nothing'),
    files: { 'etc/modprobe.d/a.alias': 'install dummy /bin/false\n' },
  },
  told('module_blacklist', 'module_blacklist=none,dummy'),
  told('module_blacklist of another', 'module_blacklist=dum'),
  told('modprobe.blacklist', 'modprobe.blacklist=a,dummy'),
  told('a parameter among the arguments', 'dummy.numdummies=many'),
];
