import type { Finding } from '../../system/finding.ts';
import { storeAddress } from '../store/address.ts';
import { hexByte, type Route } from '../store/route.ts';
import { type Manifest } from './rows.ts';

/** What is wrong with where the blocks of a manifest are to be read. */
export function* checkRoutes({ routes, blocks }: Manifest): Generator<Finding> {
  for (const route of routes) yield* checkRoute(route);
  const gap = blocks.size > 0 || routes.length > 0 ? firstGap(routes) : undefined;
  if (gap == null) return;
  const message = `no route for blocks whose id begins with ${hexByte(gap)}`;
  yield { rule: 'route-gap', severity: 'error', message };
}

function checkRoute(route: Route): Finding[] {
  const found = storeAddress(route.url);
  if ('problem' in found)
    return [{ rule: 'route-invalid', severity: 'error', message: found.problem }];
  if (route.start > route.end) {
    const message = `a route from ${hexByte(route.start)} to ${hexByte(route.end)} holds nothing`;
    return [{ rule: 'route-invalid', severity: 'error', message }];
  }
  if (found.password == null) return [];
  return [
    {
      rule: 'route-credentials',
      severity: 'warning',
      message: `the route to ${found.shown} holds a password that everybody with the flist can read`,
      hint: 'give it a key that can only read',
    },
  ];
}

function firstGap(routes: readonly Route[]): number | undefined {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return bytes.find((byte) => !routes.some(({ start, end }) => start <= byte && byte <= end));
}
