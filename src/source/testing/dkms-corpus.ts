import { KERNEL } from './builder.ts';

/** A source with a dkms.conf, of one construct of dkms(8). */
export interface OracleTrial {
  conf: string;
  /** Further files of the source; scripts may be run. */
  files?: Record<string, string>;
  /** Files of the package outside of its source. */
  outside?: Record<string, string>;
  /** Lines of the kernel's configuration. */
  config?: string;
  /** What the recipe comes to where it does not do as dkms does, and why. */
  otherwise?: { outcome: 'built' | 'excluded' | 'failed'; why: string };
}

const NAMED = 'PACKAGE_NAME="x"\nPACKAGE_VERSION="1"\n';
const PLACED = 'BUILT_MODULE_NAME[0]="x"\nDEST_MODULE_LOCATION[0]="/updates"\n';
const MAKE = 'MAKE[0]="make -C $kernel_source_dir M=$dkms_tree/x/1/build NAME=x modules"\n';
const PLAIN = `${NAMED}${PLACED}${MAKE}`;
const more = (lines: string): OracleTrial => ({ conf: `${PLAIN}${lines}\n` });
const says = (make: string, rest = ''): OracleTrial => ({
  conf: `${NAMED}${PLACED}MAKE[0]="${make}"\n${rest}`,
});
const before = '#!/bin/sh\necho "before $*" > b.c\n';
const PATCH = '--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n code\n+patched\n';
const lenient = (why: string) => ({ otherwise: { outcome: 'built', why } }) as const;
const PLACES = 'modules go to updates/NAME, wherever the dkms.conf wants them';

const names: Record<string, OracleTrial> = {
  'all that is needed': more(''),
  'the default make command': { conf: `${NAMED}${PLACED}` },
  'a module called as the package': { conf: `${NAMED}DEST_MODULE_LOCATION[0]=/extra\n${MAKE}` },
  'no indexes': {
    conf: `${NAMED}BUILT_MODULE_NAME=x\nDEST_MODULE_LOCATION=/kernel/drivers\n${MAKE.replace('[0]', '')}`,
  },
  'several modules in folders': {
    conf: `${NAMED}MAKE="mkdir s t; cp a.c s/one.ko; cp a.c t/two.ko; cp a.c three.ko"
BUILT_MODULE_NAME[0]=one\nBUILT_MODULE_LOCATION[0]=s/\nDEST_MODULE_LOCATION[0]=/updates
BUILT_MODULE_NAME[1]=two\nBUILT_MODULE_LOCATION[1]=t\nDEST_MODULE_LOCATION[1]=/updates
BUILT_MODULE_NAME[2]=three\nDEST_MODULE_LOCATION[2]=/updates\n`,
  },
  'a module under another name': more('DEST_MODULE_NAME[0]=y'),
  'a gap between modules': more('BUILT_MODULE_NAME[2]=x\nDEST_MODULE_LOCATION[2]=/updates'),
  'one name for two modules': more(
    'BUILT_MODULE_NAME[1]=y\nDEST_MODULE_NAME[1]=x\nDEST_MODULE_LOCATION[1]=/updates',
  ),
  'a name with its ending': more('BUILT_MODULE_NAME[0]=x.ko'),
  'modules as lists': {
    conf: `${NAMED}MAKE="cp a.c one.ko; cp a.c two.ko"\nBUILT_MODULE_NAME=(one two)\nDEST_MODULE_LOCATION=(/updates /updates)\n`,
  },
  'modules in a loop': {
    conf: `${NAMED}MAKE="cp a.c m0.ko; cp a.c m1.ko"\nfor i in 0 1; do\n  BUILT_MODULE_NAME[$i]=m$i\n  DEST_MODULE_LOCATION[$i]=/updates\ndone\n`,
  },
  'no place': { conf: `${NAMED}BUILT_MODULE_NAME=x\n${MAKE}`, ...lenient(PLACES) },
  'a place elsewhere': { ...more('DEST_MODULE_LOCATION[0]=/lib'), ...lenient(PLACES) },
  'no PACKAGE_NAME': { conf: `PACKAGE_VERSION=1\n${PLACED}${MAKE}` },
  'no PACKAGE_VERSION': { conf: `PACKAGE_NAME=x\n${PLACED}${MAKE}` },
  'words that nothing is built by': more(
    'CLEAN="make clean"\nSTRIP[0]=no\nAUTOINSTALL="yes"\nREMAKE_INITRD=no\nNO_WEAK_MODULES=yes\nMODULES_CONF[0]="alias x y"\nPRE_INSTALL=no\nPOST_INSTALL=no\nPOST_REMOVE=no\nPOST_ADD=no',
  ),
};

const commands: Record<string, OracleTrial> = {
  'a make that fails': says('make -C /nowhere'),
  'a make that makes no module': says('true'),
  'a later MAKE without a match': more('MAKE[1]="false"'),
  'a later MAKE that matches': more('MAKE[1]="cp a.c x.ko; echo six >> x.ko"\nMAKE_MATCH[1]="^6"'),
  'a later MAKE that does not match': more('MAKE[1]="false"\nMAKE_MATCH[1]="^5"'),
  'the last MAKE of several that match': more(
    'MAKE[1]="false"\nMAKE_MATCH[1]="^6"\nMAKE[2]="echo two > x.ko"\nMAKE_MATCH[2]="6.1"',
  ),
  'a first MAKE that matches': more('MAKE_MATCH[0]="^6"'),
  'a first MAKE that does not match': more('MAKE[0]="false"\nMAKE_MATCH[0]="^5"'),
  'KERNELRELEASE of make': {
    ...says('make -f own.mk'),
    files: { 'own.mk': 'all:\n\techo "$(KERNELRELEASE) $(MAKEFLAGS)" > x.ko\n' },
  },
  'no KERNELRELEASE of a quoted make': {
    ...says("'make' -f own.mk"),
    files: { 'own.mk': 'all:\n\techo "release $(KERNELRELEASE)" > x.ko\n' },
  },
  'a command that begins with make': {
    ...says('makeit'),
    files: { makeit: '#!/bin/sh\ncp a.c x.ko\n' },
  },
  'a first command that fails': says('false; cp a.c x.ko'),
  'a last command that fails': says('cp a.c x.ko; false'),
  'commands joined by and': says('cp a.c x.ko && false || true'),
  'a pipe and a file': says('cat a.c | tr c C > x.ko'),
  'an assignment before a command': says("NAME=y sh -c 'echo \\$NAME > x.ko'"),
  'variables of the framework': says(
    'echo $kernelver ${kernel_source_dir} $dkms_tree $source_tree $install_tree $arch > x.ko',
  ),
  'variables of dkms at the time of the build': says(
    'echo \\$module \\$module_version \\$kernelver > x.ko',
  ),
  'a variable of the file': says('echo $own > x.ko', 'own=late\n'),
  'the compiler of the kernel': {
    ...says("sh -c 'echo cc \\$CC \\$KERNEL_CC > x.ko'"),
    config: 'CONFIG_CC_VERSION_TEXT="gcc (Debian 12.2.0) 12.2.0"\n',
  },
  'a kernel that clang built': { ...says('echo > x.ko'), config: 'CONFIG_CC_IS_CLANG=y\n' },
  'make for a kernel that clang built': {
    ...says('make -f own.mk'),
    files: { 'own.mk': 'all:\n\techo "clang $(LLVM)" > x.ko\n' },
    config: 'CONFIG_CC_IS_CLANG=y\n',
  },
  'no flags of the caller': says("sh -c 'echo flags \\$CFLAGS \\$LDFLAGS > x.ko'"),
};

const scripts: Record<string, OracleTrial> = {
  'PRE_BUILD with words': { ...more('PRE_BUILD="before a  b $kernelver"'), files: { before } },
  'PRE_BUILD with the tree': { ...more('PRE_BUILD="before $install_tree"'), files: { before } },
  'PRE_BUILD over lines': { ...more('PRE_BUILD="before\n  a\n  b\n"'), files: { before } },
  'PRE_BUILD in a folder': { ...more('PRE_BUILD="s/before"'), files: { 's/before': before } },
  'PRE_BUILD that is no program': more('PRE_BUILD="make prepare"'),
  'PRE_BUILD that is not executable': {
    ...more('PRE_BUILD="before"'),
    files: { before: 'exit 1\n' },
  },
  'PRE_BUILD that is not executable, with words': {
    ...more('PRE_BUILD="s/before a b"'),
    files: { 's/before': 'exit 1\n' },
  },
  'PRE_BUILD that fails': {
    ...more('PRE_BUILD="before"'),
    files: { before: '#!/bin/sh\nexit 3\n' },
  },
  'PRE_BUILD and a command': { ...more('PRE_BUILD="before a && touch c.c"'), files: { before } },
  'POST_BUILD that cleans up': {
    ...more('POST_BUILD="after"'),
    files: { after: '#!/bin/sh\nrm -f *.ko\n' },
  },
  'POST_BUILD that writes into a module': {
    ...more('POST_BUILD="after"'),
    files: { after: '#!/bin/sh\necho after >> x.ko\n' },
  },
  'POST_BUILD that looks for the modules': {
    ...more('POST_BUILD="after"'),
    files: { after: '#!/bin/sh\ntest -f /var/lib/dkms/x/1/*/*/module/x.ko\n' },
  },
  'POST_BUILD that fails': {
    ...more('POST_BUILD="after"'),
    files: { after: '#!/bin/sh\nexit 3\n' },
  },
  'POST_BUILD that is no program': more('POST_BUILD="after"'),
  'a patch': { ...more('PATCH[0]=p.diff'), files: { 'patches/p.diff': PATCH } },
  'a patch that matches': {
    ...more('PATCH[0]=p.diff\nPATCH_MATCH[0]="^6\\.1"'),
    files: { 'patches/p.diff': PATCH },
  },
  'a patch that does not match': {
    ...more('PATCH[0]=p.diff\nPATCH_MATCH[0]="^5"'),
    files: { 'patches/p.diff': 'no patch' },
  },
  'a patch that is not there': more('PATCH[0]=p.diff'),
  'a patch that does not apply': {
    ...more('PATCH[0]=p.diff'),
    files: { 'patches/p.diff': PATCH.replace(' code', ' other') },
  },
  'a patch from elsewhere': {
    ...more('PATCH[0]=../p.diff'),
    files: { 'p.diff': PATCH, 'patches/q': '' },
  },
  'BUILD_DEPENDS on what is not there': more('BUILD_DEPENDS[0]=other'),
};

const exclusions: Record<string, OracleTrial> = {
  'KERNEL that matches': more('BUILD_EXCLUSIVE_KERNEL="^6\\.(1|2)\\."'),
  'KERNEL that does not match': more('BUILD_EXCLUSIVE_KERNEL="^7\\."'),
  'KERNEL with a class': more('BUILD_EXCLUSIVE_KERNEL="^[[:digit:]]+\\.1\\."'),
  'KERNEL_MIN that is older': more('BUILD_EXCLUSIVE_KERNEL_MIN=5.15'),
  'KERNEL_MIN that is newer': more('BUILD_EXCLUSIVE_KERNEL_MIN=6.2'),
  "KERNEL_MIN with a package's number": more('BUILD_EXCLUSIVE_KERNEL_MIN=6.1.0-57'),
  'KERNEL_MIN with an equal number': more('BUILD_EXCLUSIVE_KERNEL_MIN=6.1.0-56'),
  'KERNEL_MAX that is newer': more('BUILD_EXCLUSIVE_KERNEL_MAX=6.10'),
  'KERNEL_MAX of the same line': more('BUILD_EXCLUSIVE_KERNEL_MAX=6.1'),
  'KERNEL_MAX that is the kernel': more(`BUILD_EXCLUSIVE_KERNEL_MAX=${KERNEL}`),
  'KERNEL_MIN and KERNEL_MAX': more(
    'BUILD_EXCLUSIVE_KERNEL_MIN=6.0\nBUILD_EXCLUSIVE_KERNEL_MAX=6.2',
  ),
  'ARCH that matches': more('BUILD_EXCLUSIVE_ARCH="(x86_64|aarch64)"'),
  'ARCH that does not match': more('BUILD_EXCLUSIVE_ARCH="i.86"'),
  'CONFIG that is set': {
    ...more('BUILD_EXCLUSIVE_CONFIG="CONFIG_NET  CONFIG_PCI"'),
    config: 'CONFIG_NET=y\nCONFIG_PCI=m\n',
  },
  'CONFIG that is not set': {
    ...more('BUILD_EXCLUSIVE_CONFIG="CONFIG_NET CONFIG_PCI"'),
    config: 'CONFIG_NET=y\n# CONFIG_PCI is not set\n',
  },
  'CONFIG that must not be set and is': {
    ...more('BUILD_EXCLUSIVE_CONFIG="!CONFIG_NET"'),
    config: 'CONFIG_NET=m\n',
  },
  'CONFIG that must not be set and is not': more('BUILD_EXCLUSIVE_CONFIG="!CONFIG_NET"'),
  'OBSOLETE_BY an older kernel': more('OBSOLETE_BY=5.10'),
  'OBSOLETE_BY a newer kernel': more('OBSOLETE_BY=6.12'),
  'OBSOLETE_BY beside KERNEL_MAX': more('OBSOLETE_BY=5.10\nBUILD_EXCLUSIVE_KERNEL_MAX=6.2'),
  'a condition that holds, not indented': more(
    'if [ "$arch" = x86_64 ]\nthen\nBUILD_EXCLUSIVE_KERNEL="^5"\nfi',
  ),
  'a condition that does not hold': more(
    'if [ "$arch" = s390x ]\nthen\nBUILD_EXCLUSIVE_KERNEL="^5"\nPACKAGE_VERSION=0\nfi',
  ),
  'a case': more('case $kernelver in\n6.*) BUILD_EXCLUSIVE_ARCH=none ;;\n*) exit ;;\nesac'),
  'a test that holds': more('[[ $kernelver =~ cloud ]] && BUILD_EXCLUSIVE_ARCH=none'),
  'a command': more('BUILD_EXCLUSIVE_ARCH=$(echo none)'),
  'a value that a later line takes back': more(
    'BUILD_EXCLUSIVE_KERNEL="^5"\nBUILD_EXCLUSIVE_KERNEL=',
  ),
};

const shell: Record<string, OracleTrial> = {
  'a value in single quotes': { conf: `${NAMED}${PLACED}MAKE='echo $kernelver > x.ko'\n` },
  'a command in single quotes': { conf: `${NAMED}${PLACED}MAKE='echo $(echo twice) > x.ko'\n` },
  'escapes that two evaluations take off': {
    conf: `${NAMED}${PLACED}MAKE="echo \\\\\\\\\\$HOME > x.ko"\n`,
  },
  'spaces that become one': { conf: `${NAMED}${PLACED}MAKE="echo 'a   b' >   x.ko"\n` },
  'line ends of Windows': { conf: PLAIN.replaceAll('\n', '\r\n') },
  'line ends of Windows and an exclusion': {
    conf: `${PLAIN}BUILD_EXCLUSIVE_KERNEL_MAX="6.0"\n`.replaceAll('\n', '\r\n'),
  },
  'export and declare': more('export BUILD_EXCLUSIVE_KERNEL="^6"\ndeclare -r own=1'),
  'a value that is appended to': more('BUILD_EXCLUSIVE_ARCH=x86\nBUILD_EXCLUSIVE_ARCH+=_64'),
  'a function': more('choose() {\n  BUILD_EXCLUSIVE_ARCH=none\n}\nchoose'),
  'a file of the source': {
    ...more('. "$source_tree/x-1/more.conf"'),
    files: { 'more.conf': 'BUILD_EXCLUSIVE_ARCH=none\n' },
  },
  "the kernel's configuration": {
    ...more('. "$kernel_source_dir/.config"\n[ -z "$CONFIG_NET" ] || BUILD_EXCLUSIVE_ARCH=none'),
    config: 'CONFIG_NET=y\n',
  },
  'words on standard output': more('echo PACKAGE_NAME=y'),
  'an exit': more('exit 0'),
  'a mistake of syntax at the end': more('if true'),
  'a file that overrides it': {
    ...more(''),
    outside: { 'etc/dkms/x.conf': 'MAKE[0]="echo other > x.ko"\n' },
  },
  'a file that overrides it for this kernel': {
    ...more(''),
    outside: { [`etc/dkms/x-1-${KERNEL}.conf`]: 'BUILD_EXCLUSIVE_ARCH=none\n' },
  },
  'a file that overrides it for another version': {
    ...more(''),
    outside: { 'etc/dkms/x-2.conf': 'BUILD_EXCLUSIVE_ARCH=none\n' },
  },
  'a path beside the file': more('own=$(dirname "$BASH_SOURCE")/a.c\n[ -f "$own" ] || exit'),
};

/** One source for each construct of dkms(8), by what is in it. */
export const CORPUS: Readonly<Record<string, OracleTrial>> = {
  ...names,
  ...commands,
  ...scripts,
  ...exclusions,
  ...shell,
};

const SELECTED = [
  'the default make command',
  'several modules in folders',
  'a module under another name',
  'modules as lists',
  'no PACKAGE_VERSION',
  'words that nothing is built by',
  'a make that fails',
  'the last MAKE of several that match',
  'KERNELRELEASE of make',
  'variables of the framework',
  'a kernel that clang built',
  'make for a kernel that clang built',
  'PRE_BUILD with words',
  'PRE_BUILD with the tree',
  'PRE_BUILD that is not executable',
  'PRE_BUILD that is not executable, with words',
  'POST_BUILD that cleans up',
  'POST_BUILD that fails',
  'a patch that matches',
  'a patch that does not apply',
  'BUILD_DEPENDS on what is not there',
  'KERNEL that does not match',
  'KERNEL_MIN that is newer',
  'KERNEL_MAX of the same line',
  'ARCH that does not match',
  'CONFIG that must not be set and is',
  'OBSOLETE_BY a newer kernel',
  'a condition that does not hold',
  'a command in single quotes',
  'line ends of Windows and an exclusion',
  'a file of the source',
  'a file that overrides it for this kernel',
];

/** One source for each directive, and for the main ways of shell to say one. */
export const FEW: typeof CORPUS = Object.fromEntries(SELECTED.map((name) => [name, CORPUS[name]!]));
