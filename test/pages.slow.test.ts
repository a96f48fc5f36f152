import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPage } from '../src/ignition/install.ts';
import type { StreamStatus } from '../src/release/status/status.ts';
import { statusPage } from '../src/site/page.ts';
import { findProgram } from '../src/system/program.ts';
import { type Browser, startChromium } from './browser.ts';
import { aProject, lockstep, type Project, SMALL } from './project.ts';

const absent = findProgram('chromium', process.env) ? '' : ': chromium is not installed';
const HOSTILE = `</dd><script>document.title = 'owned'</script><img src=//x.example/i onerror=alert(1)> "'&amp;`;
const LONG = 'x'.repeat(200);

const current: StreamStatus = {
  stream: 'nas',
  state: 'current',
  upstreamKernel: '6.1.0-56-cloud-amd64',
  stableKernels: ['6.1.0-56-cloud-amd64'],
  modules: { zfs: '2.4.3' },
  looked: '2026-11-27T05:00:00Z',
  lastRun: { id: 'x', outcome: 'promoted', finished: '2026-11-26T06:30:00Z', findings: [] },
};
const behind: StreamStatus = {
  ...current,
  stream: 'desktop',
  state: 'behind',
  lag: {
    kernels: ['6.3', LONG],
    since: '2026-11-20T07:30:00Z',
    seconds: 1,
    held: { step: 'abi', message: HOSTILE, hint: LONG, rules: [], findings: [HOSTILE, LONG] },
  },
};
const states: StreamStatus[] = [
  current,
  behind,
  { ...current, stream: 'a', state: 'failing' },
  { ...current, stream: 'b', state: 'rolled-back' },
  { ...current, stream: 'c', state: 'never-promoted', signature: 'unsigned' },
];

const BUTANE =
  'variant: fcos\nversion: 1.7.0\nstorage: {files: [{path: /etc/a, contents: {inline: b}}]}\n';

const NOW = new Date('2026-11-27T06:00:00Z');
const published = {
  name: HOSTILE,
  url: `https://x.example/${LONG}`,
  hash: `sha512-${'0'.repeat(128)}`,
};

/** What a reader sees of a page, and what cannot be read in it: colours too near to each other. */
const READ = `(() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const probe = document.body.appendChild(document.createElement('div'));
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (numbers(color)[3] !== 0) return color;
    }
    probe.style.backgroundColor = 'Canvas';
    return getComputedStyle(probe).backgroundColor;
  };
  const luminance = (color) => {
    const [r, g, b] = numbers(color).map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element) => {
    const [light, dark] = [getComputedStyle(element).color, behind(element)]
      .map(luminance).sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const texts = [...document.body.querySelectorAll('*')].filter((one) => one !== probe && one.innerText);
  return {
    title: document.title,
    text: document.body.innerText,
    canvas: behind(document.body),
    pale: texts.filter((one) => contrast(one) < 4.5).map((one) => one.outerHTML),
    width: document.documentElement.scrollWidth,
    elements: [...new Set(texts.map((one) => one.localName))],
    foreign: document.querySelectorAll('script, img, iframe, [onerror]').length,
    links: [...document.links].map((one) => one.href),
    definitions: [...document.querySelectorAll('dt')].map((one) => [one.innerText, one.nextElementSibling.innerText]),
  };
})()`;

interface Seen {
  title: string;
  text: string;
  canvas: string;
  pale: string[];
  width: number;
  foreign: number;
  links: string[];
  definitions: [string, string][];
}

describe.skipIf(absent !== '')(`pages in a browser${absent}`, () => {
  let project: Project;
  let browser: Browser;
  const server = createServer((request, answer) => {
    const file = join(project.path, 'public', request.url ?? '');
    const type = file.endsWith('.html') ? 'text/html' : 'application/octet-stream';
    readFile(file).then(
      (bytes) => answer.setHeader('content-type', type).end(bytes),
      () => answer.writeHead(404).end(),
    );
  });
  const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;

  beforeAll(async () => {
    const { version, ...stream } = SMALL;
    const names = ['one', 'two', 'three'];
    const streams = names.map((name) => ({
      ...stream,
      name,
      publish: { ...SMALL.publish, image: name },
    }));
    const none = Object.fromEntries(Object.keys(stream).map((key) => [key, undefined]));
    project = await aProject({ ...none, version, streams });
    await project.write('nas.bu', BUTANE);
    await project.write('public/states.html', statusPage(states, NOW));
    await project.write('public/hostile.html', installPage(published, 'status.html'));
    for (const args of [
      ['status', '--html', 'public/status.html'],
      ['ignition', 'build', 'nas.bu', '-o', 'public/'],
    ]) {
      const { status, stderr } = await lockstep(project, args);
      expect(status, stderr).toBe(0);
    }
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    browser = await startChromium();
  });

  afterAll(async () => {
    server.close();
    await browser[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  const pages = ['states.html', 'status.html', 'hostile.html', 'index.html'];
  const views = pages.flatMap((page) =>
    ([360, 1280] as const).flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => ({ page, width, scheme })),
    ),
  );

  it.each(views)('shows $page at $width pixels in $scheme', async ({ page, ...view }) => {
    const { complaints, requests, evaluate } = await browser.show(at(page), view);

    const seen = await evaluate<Seen>(READ);

    expect(complaints).toEqual([]);
    expect(requests).toEqual([at(page)]);
    expect(seen.width).toBeLessThanOrEqual(view.width);
    expect(seen.pale).toEqual([]);
    expect(seen.foreign).toBe(0);
    expect(seen.canvas === 'rgb(255, 255, 255)').toBe(view.scheme === 'light');
  });

  it('shows names and findings of others as text', async () => {
    const { evaluate } = await browser.show(at('states.html'), { width: 1280, scheme: 'light' });

    const seen = await evaluate<Seen>(READ);

    expect(seen.title).toBe('Status: 1 of 5 streams are current');
    expect(seen.foreign).toBe(0);
    expect(seen.definitions).toContainEqual(['Held by', `abi: ${HOSTILE}`]);
    expect(seen.definitions).toContainEqual(['Findings', `${HOSTILE}\n${LONG}`]);
    expect(seen.definitions).toContainEqual(['Stable', 'Linux 6.1.0-56-cloud-amd64, zfs 2.4.3']);
  });

  it('shows every stream of a project, and leads from the document to them', async () => {
    const { evaluate } = await browser.show(at('index.html'), { width: 1280, scheme: 'light' });
    const { links } = await evaluate<Seen>(READ);

    expect(links).toEqual([at('nas.ign'), at('status.html')]);
    const status = await browser.show(links[1] ?? '', { width: 1280, scheme: 'light' });
    const { text } = await status.evaluate<Seen>(READ);
    for (const name of ['one', 'two', 'three']) expect(text).toContain(`${name} never promoted`);
  });
});
