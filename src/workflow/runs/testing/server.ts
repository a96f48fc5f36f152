import type { IncomingMessage } from 'node:http';
import {
  type Answer,
  type ScriptedServer,
  startScriptedServer,
} from '../../../oci/testing/scripted-server.ts';
import { EngineClient } from '../../engine/client.ts';
import { type EngineName, engineAt } from '../../engine/place.ts';
import { runsOf } from '../api.ts';
import type { RunsApi } from '../run.ts';

/** An engine's API on loopback, and what was sent to it. */
export interface TestEngine extends AsyncDisposable {
  server: ScriptedServer;
  client: EngineClient;
  api: RunsApi;
  /** JSON bodies, in the order of the requests that had one. */
  bodies: unknown[];
  /** What makes a process take it for its engine. */
  env: NodeJS.ProcessEnv;
}

export const TOKEN = 'test-token-0123456789';
const BASE = { github: 'api', forgejo: 'api/v1', gitlab: 'api/v4' };
const SCHEME = { github: 'Bearer', forgejo: 'token', gitlab: 'Bearer' };

/** Starts one for `you/images`; the script has `METHOD PATH` below the repository in the API. */
export async function anEngine(
  engine: EngineName,
  script: Record<string, Answer>,
): Promise<TestEngine> {
  const repository = engine === 'gitlab' ? 'projects/you%2Fimages' : 'repos/you/images';
  const bodies: unknown[] = [];
  const heard =
    (answer: Answer): Answer =>
    (request, response) => {
      void bodyOf(request).then((body) => {
        if (body !== '') bodies.push(JSON.parse(body));
        answer(request, response);
      });
    };
  const lines = Object.entries(script).map(([line, answer]) => {
    const [method, path = ''] = line.split(' ');
    const start = path.startsWith('/') ? path.slice(1) : `${repository}/${path}`;
    return [`${method} /${BASE[engine]}/${start}`, heard(answer)];
  });
  const server = await startScriptedServer(Object.fromEntries(lines) as Record<string, Answer>);
  const env = environment(engine, `http://${server.host}`);
  const place = engineAt(engine, `http://${server.host}/you/images.git`, env);
  const retry = { pause: 1, longestPause: 50 };
  const client = new EngineClient(place, { env, now: () => new Date(), retry });
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    const wrong = server.headers.filter(
      ({ authorization }) => authorization !== `${SCHEME[engine]} ${TOKEN}`,
    );
    if (wrong.length > 0) throw new Error('a request without the token, or with another');
  };
  return { server, client, api: runsOf(client), bodies, env, [Symbol.asyncDispose]: dispose };
}

function environment(engine: EngineName, origin: string): NodeJS.ProcessEnv {
  if (engine === 'github')
    return { GITHUB_SERVER_URL: origin, GITHUB_API_URL: `${origin}/api`, GITHUB_TOKEN: TOKEN };
  if (engine === 'forgejo') return { FORGEJO_SERVER_URL: origin, FORGEJO_TOKEN: TOKEN };
  return { CI_SERVER_URL: origin, GITLAB_TOKEN: TOKEN };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString('utf8');
}

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_, response) => void response.writeHead(status, headers).end(JSON.stringify(value));
}
