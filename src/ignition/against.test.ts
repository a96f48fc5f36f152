import { describe, expect, it } from 'vitest';
import { memoryRepository } from '../oci/memory.ts';
import { putImage } from '../oci/testing/image.ts';
import { gzipLayer, type LayerFiles } from '../oci/testing/layers.ts';
import { openImageTree } from '../oci/tree/tree.ts';
import { againstImage } from './against.ts';
import { buildButane } from './build.ts';

const IMAGE: LayerFiles = {
  'usr/lib/systemd/system/sshd.service': '[Unit]',
  'usr/lib/systemd/system/getty@.service': '[Unit]',
  'usr/bin/bash': '#!',
  bin: { to: 'usr/bin' },
  'usr/lib/group': 'wheel:x:10:\n',
  'etc/group': 'root:x:0:\n',
  'usr/lib/modules/6.1.0/kernel/zfs.ko.xz': '',
  'usr/lib/modules/6.1.0/kernel/net/a-b.ko': '',
  'usr/lib/modules/6.1.0/modules.builtin': 'kernel/fs/ext4.ko\n',
};

async function against(butane: string, image: LayerFiles = IMAGE) {
  const repository = memoryRepository();
  const put = await putImage(repository, { layers: [gzipLayer(image)] });
  const tree = await openImageTree(repository, put);
  const text = `variant: fcos\nversion: 1.7.0\n${butane}`;
  const { document, findings } = await buildButane([{ file: 'x.bu', text }]);
  if (!document) throw new Error(JSON.stringify(findings));
  return (await againstImage(document, { tree, file: 'x.bu' })).map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

describe('againstImage', () => {
  it('finds what is in the image, or in the document', async () => {
    const found = await against(`
systemd:
  units:
    - { name: sshd.service, enabled: true }
    - { name: getty@tty3.service, enabled: true }
    - { name: mine@.service, contents: "[Service]\\n" }
    - { name: mine@x.service, enabled: true }
passwd:
  groups: [{ name: mine }]
  users: [{ name: core, shell: /bin/bash, groups: [wheel, mine], primary_group: core }]
storage:
  files:
    - { path: /etc/modules-load.d/a.conf, contents: { inline: "# x\\nzfs\\na_b\\next4\\n" } }
`);

    expect(found).toEqual([]);
  });

  it('tells what is in neither', async () => {
    const found = await against(`
systemd: { units: [{ name: nope.service, enabled: true }] }
passwd: { users: [{ name: core, shell: /bin/zsh, groups: [docker] }] }
storage: { files: [{ path: /etc/modules-load.d/a.conf, contents: { inline: "nope\\n" } }] }
`);

    expect(found).toEqual([
      expect.stringMatching(/^\$\.systemd\.units\.0\.name: nope\.service is enabled/),
      expect.stringMatching(/^\$\.passwd\.users\.0\.shell: the shell \/bin\/zsh/),
      expect.stringMatching(/^\$\.passwd\.users\.0\.groups: the group docker/),
      expect.stringMatching(
        /^\$\.storage\.files\.0\.contents: there is no module nope for Linux 6\.1\.0/,
      ),
    ]);
  });

  it('refuses files below /usr where that is read-only', async () => {
    const butane = 'storage: { files: [{ path: /usr/local/bin/x }] }\n';

    expect(await against(butane)).toEqual([]);
    expect(await against(butane, { ...IMAGE, 'sysroot/ostree/': null })).toEqual([
      expect.stringContaining('/usr is read-only'),
    ]);
  });
});
