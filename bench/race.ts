/**
 * Promoters and cleaners in processes of their own, at the same moment on the same repositories,
 * 200 times in a folder of layouts and 200 times in docker-registry. Exit status 1 when anything
 * that is reachable was deleted, or any tag got lost. Argument: how many races (200).
 */
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { raceMany } from '../src/release/testing/race.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

const races = Number(process.argv[2] ?? 200);
const onProgress = (line: string) => console.log(line);
await using folder = await temporaryFolder();
await using server = await startDockerRegistry();
for (const location of [`oci:${folder.path}`, server.host]) {
  const started = performance.now();
  const { results, problems } = await raceMany({ location, races, onProgress });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const where = location.startsWith('oci:') ? 'a folder of layouts' : 'docker-registry';
  console.log(`${races} races in ${where} in ${seconds} s: ${JSON.stringify(results)}`);
  console.log(`${problems.length} problems`);
  for (const problem of problems.slice(0, 20)) console.log(problem);
  if (problems.length > 0) process.exitCode = 1;
}
