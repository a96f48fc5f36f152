import type { FileTree } from '../../file/tree.ts';
import { linesOf, parseControl } from '../../package/control.ts';
import { debFacts, withDigests } from '../../package/deb.ts';
import type { PackageFacts } from '../../package/package-facts.ts';
import { rpmFacts } from '../../package/rpm.ts';
import { installedRpms, textOf } from '../../stream/image/installed-packages.ts';

/** What the database of an image, dpkg's or rpm's, knows of some packages. */
export async function packageFacts(
  tree: FileTree,
  names: ReadonlySet<string>,
): Promise<Map<string, PackageFacts>> {
  const facts = new Map<string, PackageFacts>();
  for (const stanza of parseControl(await textOf(tree, 'var/lib/dpkg/status'))) {
    const { package: name, status } = stanza;
    if (!name || !names.has(name) || !status?.endsWith(' installed')) continue;
    const info = (ending: string) => textOf(tree, `var/lib/dpkg/info/${name}.${ending}`);
    const paths = linesOf(await info('list')).map((path) => path.replace(/^\//, ''));
    facts.set(
      name,
      debFacts(stanza, {
        scripts: [await info('preinst'), await info('postinst')],
        files: withDigests(paths, await info('md5sums')),
      }),
    );
  }
  for (const { name, header } of await installedRpms(tree)) {
    if (names.has(name)) facts.set(name, rpmFacts(header));
  }
  return facts;
}
