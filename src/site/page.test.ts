import { describe, expect, it } from 'vitest';
import type { StreamStatus } from '../release/status/status.ts';
import { html } from './html.ts';
import { statusPage } from './page.ts';

const NOW = new Date('2026-11-27T06:00:00Z');
const HOSTILE = `</dd><script>alert(1)</script> "'&amp; \u202e\u0000`;

const current: StreamStatus = {
  stream: 'nas',
  state: 'current',
  upstreamKernel: '6.2',
  stableKernels: ['6.1', '6.2'],
  modules: { zfs: '2.4.3' },
  flists: [{ tag: 'firmware-latest', digest: 'sha256:abc', routes: ['00-ff=dir:///b'] }],
  signature: 'signed',
  looked: '2026-11-27T05:00:00Z',
  lastRun: { id: 'x', outcome: 'promoted', finished: '2026-11-26T06:30:00Z', findings: [] },
};
const behind: StreamStatus = {
  ...current,
  stream: 'desktop',
  state: 'behind',
  lag: {
    kernels: ['6.3', '6.4'],
    since: '2026-11-20T07:30:00Z',
    seconds: 1,
    held: {
      step: 'compat',
      message: 'zfs 2.4.3 supports Linux up to 6.2',
      hint: 'lockstep versions',
      rules: ['kernel-too-new'],
      findings: ['one', 'two'],
    },
  },
};

/** The text of a page as it is read, without its elements. */
const textOf = (page: string) =>
  page
    .replace(/<style>[^]*<\/style>/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

/** Elements that are open at the end, or closed in another order than they were opened. */
function misnested(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, end, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (name === 'meta') continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe(statusPage, () => {
  it('tells how far stable lags, since when and why', () => {
    const text = textOf(statusPage([current, behind], NOW));

    for (const said of [
      '1 of 2 streams are current.',
      'nas current Upstream Linux 6.2 Stable Linux 6.1, Linux 6.2, zfs 2.4.3 Flists firmware-latest, sha256:abc, blocks at 00-ff=dir:///b Signature signed Looked at',
      'desktop behind',
      'Lags since 2026-11-20 07:30 UTC Kernels since Linux 6.3, Linux 6.4',
      'Held by compat: zfs 2.4.3 supports Linux up to 6.2 Findings one two Next lockstep versions',
      'Last run promoted, 2026-11-26 06:30 UTC',
      'As of 2026-11-27 06:00 UTC',
    ])
      expect(text).toContain(said);
  });

  it.each(['failing', 'rolled-back', 'never-promoted'] as const)('says %s by a word', (state) => {
    const page = statusPage([{ ...behind, state, stableKernels: [], modules: {} }], NOW);

    expect(textOf(page)).toContain(`desktop ${state.replace('-', ' ')}`);
    expect(textOf(page)).toContain('Stable none');
    expect(textOf(page)).toContain(state === 'failing' ? 'Fails since' : 'Lags since');
  });

  it('keeps text of others text, wherever it stands', () => {
    const { lag } = behind;
    const held = { step: HOSTILE, message: HOSTILE, hint: HOSTILE, rules: [], findings: [HOSTILE] };
    const page = statusPage(
      [
        {
          ...behind,
          stream: HOSTILE,
          upstreamKernel: HOSTILE,
          stableKernels: [HOSTILE],
          modules: { [HOSTILE]: HOSTILE },
          flists: [{ tag: HOSTILE, digest: HOSTILE, routes: [HOSTILE] }],
          looked: HOSTILE,
          lag: { ...(lag ?? { seconds: 1 }), kernels: [HOSTILE], since: HOSTILE, held },
          lastRun: { id: HOSTILE, outcome: HOSTILE, finished: HOSTILE, findings: [HOSTILE] },
        },
      ],
      NOW,
    );

    expect(page).not.toMatch(/<script|\u202e/);
    expect(page).not.toContain('\u0000');
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(10);
    expect(misnested(page)).toEqual([]);
    const values = [...page.matchAll(/ [a-z-]+="([^"]*)"/g)].map(([, value]) => value);
    expect(values.filter((value) => /[<>]/.test(value ?? ''))).toEqual([]);
  });

  it('has what programs that read pages out need, and fetches and runs nothing', () => {
    const page = statusPage([current, behind], NOW);

    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<title>Status: 1 of 2 streams are current</title>');
    for (const element of ['<header>', '<main>', '<footer>', '<h1>'])
      expect(page.split(element)).toHaveLength(2);
    for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g))
      expect(page).toContain(`<h2 id="${id}">`);
    expect(page).toContain('color-scheme: light dark');
    expect(page).toContain("default-src 'none'".replaceAll("'", '&#39;'));
    expect(page).not.toMatch(/<(?:script|link|img|iframe|form)|\b(?:src|href)=|url\(|@import/);
  });

  it('has colours that can be read on the ground of both schemes', () => {
    const page = statusPage([current], NOW);
    const [light = '', dark = ''] = page.match(/--good: .*--odd: #\w+/g) ?? [];
    const colours = (text: string) => text.match(/#[0-9a-f]{6}/g) ?? [];

    expect([...colours(light), ...colours(dark)]).toHaveLength(6);
    for (const colour of colours(light))
      expect(contrast(colour, '#ffffff'), colour).toBeGreaterThan(4.5);
    // Browsers take grounds of at most this lightness for dark pages.
    for (const colour of colours(dark))
      expect(contrast(colour, '#1f1f1f'), colour).toBeGreaterThan(4.5);
  });
});

describe(html, () => {
  it('takes pieces as they are, and everything else as text', () => {
    expect(html`<a title="${'"x"'}">${html`<b>${'<'}</b>`}${[html`1`, html`2`]}</a>`.text).toBe(
      '<a title="&quot;x&quot;"><b>&lt;</b>12</a>',
    );
  });
});

/** The ratio of WCAG 2.2, "relative luminance". */
function contrast(one: string, other: string): number {
  const [high = 1, low = 1] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
