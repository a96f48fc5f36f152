import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { temporaryFolder } from '../src/system/temporary.ts';

/** A page as somebody sees it. */
export interface View {
  width: number;
  scheme: 'light' | 'dark';
}

/** What a browser said of a page that it was shown. */
export interface Shown {
  /** What the console and the network complained of, policies among it. */
  complaints: string[];
  /** Addresses that were asked for, but for the icon that browsers look for by themselves. */
  requests: string[];
  /** The value of an expression in the page. */
  evaluate: <T>(expression: string) => Promise<T>;
}

export interface Browser extends AsyncDisposable {
  show(url: string, view: View): Promise<Shown>;
}

interface Message {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

const COMPLAINTS = new Set([
  'Log.entryAdded',
  'Runtime.consoleAPICalled',
  'Runtime.exceptionThrown',
  'Network.loadingFailed',
]);

/** Starts Debian's Chromium without a window; it is asked by the DevTools protocol over a pipe. */
export async function startChromium(): Promise<Browser> {
  const profile = await temporaryFolder();
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  const child = spawn(
    'chromium',
    [...args, '--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${profile.path}`],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const protocol = new Protocol(child);
  return {
    show: (url, view) => show(protocol, url, view),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await profile[Symbol.asyncDispose]();
    },
  };
}

/** Commands and events of the DevTools protocol: JSON, each message with a zero byte behind it. */
class Protocol {
  readonly #to: Writable;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #last = 0;

  constructor({ stdio }: ChildProcess) {
    this.#to = stdio[3] as Writable;
    let rest = '';
    (stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message) as Message);
    });
  }

  #take(message: Message): void {
    if (message.id != null) this.#answers.get(message.id)?.(message);
    else for (const listener of this.#listeners) listener(message);
  }

  listen(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  async send(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    this.#to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }
}

/** Shows a page in a tab of its own and waits until it has loaded. */
async function show(protocol: Protocol, url: string, view: View): Promise<Shown> {
  const { targetId } = await protocol.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await protocol.send('Target.attachToTarget', { targetId, flatten: true });
  const ask = (method: string, params?: Record<string, unknown>) =>
    protocol.send(method, params, sessionId as string);
  const complaints: string[] = [];
  const requests: string[] = [];
  const loads = new Map<unknown, PromiseWithResolvers<void>>();
  // The tab's first, empty page may still be loading: only the load of the one asked for counts.
  const loadOf = (loader: unknown) => {
    const load = loads.get(loader) ?? Promise.withResolvers<void>();
    loads.set(loader, load);
    return load;
  };
  protocol.listen(({ method = '', params = {}, sessionId: from }) => {
    if (from !== sessionId) return;
    if (method === 'Page.lifecycleEvent' && params.name === 'load')
      loadOf(params.loaderId).resolve();
    if (method === 'Network.requestWillBeSent') requests.push(...addressOf(params));
    if (COMPLAINTS.has(method)) complaints.push(JSON.stringify(params));
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await ask(`${domain}.enable`);
  await ask('Page.setLifecycleEventsEnabled', { enabled: true });
  const size = { width: view.width, height: 800, deviceScaleFactor: 1, mobile: view.width < 600 };
  await ask('Emulation.setDeviceMetricsOverride', size);
  const features = [{ name: 'prefers-color-scheme', value: view.scheme }];
  await ask('Emulation.setEmulatedMedia', { features });
  const { loaderId } = await ask('Page.navigate', { url });
  await loadOf(loaderId).promise;
  return {
    complaints,
    requests,
    evaluate: async <T>(expression: string) => {
      const { result, exceptionDetails } = await ask('Runtime.evaluate', {
        expression,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
      return (result as { value: T }).value;
    },
  };
}

function addressOf({ request }: Record<string, unknown>): string[] {
  const { url } = request as { url: string };
  return url.endsWith('/favicon.ico') ? [] : [url];
}
