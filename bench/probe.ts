import { openRepository } from '../src/oci/open/open.ts';
import { probeCache } from '../src/oci/probe/probe.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { runOk } from '../src/system/process.ts';
import {
  copyAndList,
  countingPort,
  line,
  lockstep,
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

const question = { module: 'zfs', kernel: KERNEL, version: '2.3.4' };
const ask = ['--module', 'zfs', '--kernel', KERNEL, '--module-version', '2.3.4'];

/** Both ways for one image: the whole program, and the call that a run makes of the library. */
async function compare(what: string, image: string, rounds: number): Promise<void> {
  const reference = `${port.host}/${image}`;
  const theirs = await measure(port, 3, () => copyAndList(reference));
  const program = await measure(port, rounds, () => lockstep('probe', reference, ...ask));
  console.log(line(`probe, ${what}`, size, program, theirs));
  const [name = '', tag] = image.split(':');
  const call = () =>
    probeCache(
      openRepository(`${port.host}/${name}`, { env: process.env, cwd: '.' }),
      tag,
      question,
    );
  console.log(
    line(`probe, ${what}, within a run`, size, await measure(port, rounds, call), theirs),
  );
}

console.log('goals: 10 times faster, 1,000 times fewer bytes; ours 64 KB, zstd:chunked 2 %');
await compare('our image', 'own:latest', 7);
await compare('zstd:chunked by skopeo', 'chunked:latest', 7);
await compare('gzip as akmods makes it (no goal)', 'own:akmods', 3);
