import { quoted } from './shell.ts';

/**
 * Shell that puts a `uname` first on PATH which answers for the kernel that modules are built for.
 * A container runs on the kernel of the machine that builds, and Makefiles that ask for it look
 * for the wrong headers. `folder` must not be there yet or be ours.
 */
export function unameScript(kernelRelease: string, folder: string): string {
  return `rm -rf ${folder} && mkdir -p ${folder}
cat > ${folder}/uname <<END-OF-UNAME
#!/bin/sh
said=\\$($(command -v uname) "\\$@") || exit
running=\\$($(command -v uname) -r)
case " \\$said " in
  *" \\$running "*) said=\\\${said%%"\\$running"*}${quoted(kernelRelease)}\\\${said#*"\\$running"} ;;
esac
printf '%s\\n' "\\$said"
END-OF-UNAME
chmod 755 ${folder}/uname
PATH=${folder}:$PATH; export PATH`;
}
