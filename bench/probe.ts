import { openRepository } from '../src/oci/open.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { runOk } from '../src/system/process.ts';
import {
  copyAndList,
  countingPort,
  line,
  measure,
  putImageOf,
  putLayer,
  randomFiles,
} from './probe-support.ts';

/**
 * A probe of a cache of modules, the whole program each time, beside copying and listing it:
 * our own image, and one as akmods makes them, copied by skopeo as zstd:chunked.
 */
const KERNEL = '6.17.8-300.fc43.x86_64';
const MEBIBYTES = Number(process.argv[2] ?? 200);
const LOCKSTEP = new URL('../bin/lockstep', import.meta.url).pathname;

await using registry = await startDockerRegistry();
await using port = await countingPort(registry.host);
const repository = (name: string) =>
  openRepository(`${registry.host}/${name}`, { env: process.env, cwd: '.' });

const name = (index: number) =>
  index === 0
    ? `rpms/kmods/zfs/kmod-zfs-${KERNEL}-2.3.4-1.fc43.x86_64.rpm`
    : `rpms/kmods/zfs/debug/package-${index}.rpm`;
const layer = await putLayer(repository('own'), randomFiles(MEBIBYTES / 4, 4 << 20, name), false);
const annotations = {
  'dev.lockstep.kernel': KERNEL,
  'dev.lockstep.module.zfs': '2.3.4',
  'dev.lockstep.key': 'bench',
};
const size = await putImageOf(repository('own'), [layer], { annotations, tag: 'latest' });
const labels = { 'ostree.linux': KERNEL };
await putImageOf(repository('own'), [layer], { labels, tag: 'akmods' });
const chunked = `${registry.host}/chunked:latest`;
const plain = ['--insecure-policy', '--src-tls-verify=false', '--dest-tls-verify=false'];
await runOk('skopeo', [
  'copy',
  ...plain,
  '--dest-compress-format=zstd:chunked',
  `docker://${registry.host}/own:akmods`,
  `docker://${chunked}`,
]);

const probe = (reference: string) => () =>
  runOk(LOCKSTEP, [
    'probe',
    reference,
    '--module',
    'zfs',
    '--kernel',
    KERNEL,
    '--module-version',
    '2.3.4',
  ]);
const listed = await measure(port, 3, () => copyAndList(`${port.host}/own:latest`));
console.log(
  line('probe, our image', size, await measure(port, 5, probe(`${port.host}/own:latest`)), listed),
);
const listedChunked = await measure(port, 3, () => copyAndList(`${port.host}/chunked:latest`));
console.log(
  line(
    'probe, zstd:chunked by skopeo',
    size,
    await measure(port, 5, probe(`${port.host}/chunked:latest`)),
    listedChunked,
  ),
);
console.log(
  line(
    'probe, gzip with the labels of akmods',
    size,
    await measure(port, 3, probe(`${port.host}/own:akmods`)),
    listed,
  ),
);
