import type { IgnitionDocument } from './build.ts';
import type { IgnitionConfig, Resource } from './spec/config.ts';

/** What clouds hand to a machine at most (bytes). */
export const limits = {
  /** User data of EC2, before it is encoded. */
  aws: 16 << 10,
  /** Nova takes 65535 bytes of base64. */
  openstack: 49_149,
  /** A guest property of VirtualBox 7; older ones took 128 KiB (coreos/ignition issue 2226). */
  virtualbox: 1023,
} as const;

export type Limit = keyof typeof limits | number;

/** One part of a document and what it takes in it. */
export interface PartSize {
  name: string;
  bytes: number;
}

/** Reads a limit as it is given to the program; undefined when it is none. */
export function limitOf(text: string): Limit | undefined {
  if (Object.hasOwn(limits, text)) return text as keyof typeof limits;
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

export function bytesOf(limit: Limit): number {
  return typeof limit === 'number' ? limit : limits[limit];
}

/** What in a document takes most, largest first. */
export function largestParts({ value }: IgnitionDocument, count = 5): PartSize[] {
  const { ignition, storage, systemd } = value as IgnitionConfig;
  const size = (name: string, ...resources: (Resource | undefined)[]): PartSize => ({
    name,
    bytes: resources.reduce((sum, one) => sum + (one?.source?.length ?? 0), 0),
  });
  const parts = [
    ...(storage?.files ?? []).map(({ path = '', contents, append = [] }) =>
      size(path, contents, ...append),
    ),
    ...(ignition?.config?.merge ?? []).map((one, at) => size(`ignition.config.merge.${at}`, one)),
    size('ignition.config.replace', ignition?.config?.replace),
    ...(systemd?.units ?? []).map(({ name = '', contents = '', dropins = [] }) => ({
      name,
      bytes: dropins.reduce((sum, one) => sum + (one.contents?.length ?? 0), contents.length),
    })),
  ];
  return parts
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, count);
}

/** Why a document is too large; undefined when it is not. */
export function limitProblem(
  document: IgnitionDocument,
  text: string,
  limit: Limit,
): string | undefined {
  const bytes = Buffer.byteLength(text);
  const most = bytesOf(limit);
  if (bytes <= most) return undefined;
  const where = typeof limit === 'number' ? '' : ` that ${limit} takes`;
  const largest = largestParts(document).map((part) => `${part.name} (${part.bytes})`);
  return `the document has ${bytes} bytes, more than the ${most}${where}; largest: ${largest.join(', ')}`;
}
