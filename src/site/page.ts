import type { FollowedFlist } from '../release/flists/told.ts';
import type { Held, StreamStatus } from '../release/status/status.ts';
import { Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** Nothing is fetched and nothing runs, whatever stands in a page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STATES: Record<StreamStatus['state'], string> = {
  current: 'current',
  behind: 'behind',
  failing: 'failing',
  'rolled-back': 'rolled back',
  'never-promoted': 'never promoted',
};

/**
 * The page that tells how far stable of each stream lags behind upstream, and why: one file without
 * scripts, that fetches nothing. Times are UTC. Pure.
 */
export function statusPage(statuses: readonly StreamStatus[], now: Date): string {
  const made = time(now.toISOString());
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>Status: ${summaryOf(statuses)}</title>
<style>${STYLE_TEXT}</style>
</head>
<body>
<header>
<h1>Status</h1>
<p>${summaryOf(statuses)}.</p>
</header>
<main>
${statuses.map(sectionOf)}</main>
<footer><p>As of ${made}. Hosts follow stable; it moves only to what has passed every gate.</p></footer>
</body>
</html>
`;
  return page.text;
}

const STYLE_TEXT = new Html(STYLE);

function summaryOf(statuses: readonly StreamStatus[]): string {
  const current = statuses.filter(({ state }) => state === 'current').length;
  const streams = statuses.length === 1 ? 'stream is' : 'streams are';
  return `${current} of ${statuses.length} ${streams} current`;
}

function sectionOf(status: StreamStatus): Html {
  const { stream, state } = status;
  return html`<section aria-labelledby="${stream}">
<h2 id="${stream}">${stream} <span class="state ${state}">${STATES[state]}</span></h2>
<dl>
${rowsOf(status).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
</section>
`;
}

const SIGNATURES: Record<NonNullable<StreamStatus['signature']>, string> = {
  signed: 'signed',
  unsigned: 'unsigned: hosts cannot tell whose it is',
  unknown: 'not looked at',
};

type Row = [name: string, value: string | Html];

function rowsOf(status: StreamStatus): Row[] {
  const { upstreamKernel, stableKernels, modules, lag, rolledBack, looked, lastRun } = status;
  const { signature, flists = [] } = status;
  const versions = Object.entries(modules).map(([name, version]) => `${name} ${version}`);
  const kernels = stableKernels.map((kernel) => `Linux ${kernel}`);
  const newer = lag?.kernels.map((kernel) => `Linux ${kernel}`) ?? [];
  return [
    ['Upstream', upstreamKernel ? `Linux ${upstreamKernel}` : 'not seen yet'],
    ['Stable', [...kernels, ...versions].join(', ') || 'none'],
    ...(lag
      ? [[status.state === 'failing' ? 'Fails since' : 'Lags since', time(lag.since)] as Row]
      : []),
    ...(newer.length > 0 ? [['Kernels since', newer.join(', ')] as Row] : []),
    ...(lag?.held ? heldRows(lag.held) : []),
    ...(rolledBack ? [['Rolled back', time(rolledBack.since)] as Row] : []),
    ...(flists.length > 0 ? [['Flists', flistList(flists)] as Row] : []),
    ...(signature ? [['Signature', SIGNATURES[signature]] as Row] : []),
    ...(looked ? [['Looked at', time(looked)] as Row] : []),
    ...(lastRun ? [['Last run', html`${lastRun.outcome}, ${time(lastRun.finished)}`] as Row] : []),
  ];
}

function flistList(flists: readonly FollowedFlist[]): Html {
  const items = flists.map(
    ({ tag, digest, routes }) => html`<li>${tag}, ${digest}, blocks at ${routes.join(' ')}</li>`,
  );
  return html`<ul>${items}</ul>`;
}

function heldRows({ step, message, findings, hint }: Held): Row[] {
  const list = html`<ul>${findings.map((finding) => html`<li>${finding}</li>`)}</ul>`;
  return [
    ['Held by', `${step}: ${message}`],
    ...(findings.length > 0 ? [['Findings', list] as Row] : []),
    ...(hint ? [['Next', hint] as Row] : []),
  ];
}

/** A moment for people and programs: `2026-11-20 07:30 UTC`. */
function time(iso: string): Html {
  const text = `${iso.slice(0, 16).replace('T', ' ')} UTC`;
  return html`<time datetime="${iso}">${text}</time>`;
}
