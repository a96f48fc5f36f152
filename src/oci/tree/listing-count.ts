import type { Reader } from '../repository.ts';

/** What a counting reader has moved so far. */
export interface Transfer {
  bytes: number;
  requests: number;
}

/** A reader that counts what is read of manifests, configs and layers through it. */
export function countingReader(reader: Reader): { reader: Reader; transfer: Transfer } {
  const transfer: Transfer = { bytes: 0, requests: 0 };
  const once = <T>(answer: Promise<T>): Promise<T> => {
    transfer.requests++;
    return answer;
  };
  const counting: Reader = {
    name: reader.name,
    resolve: (reference) => once(reader.resolve(reference)),
    has: (descriptor) => once(reader.has(descriptor)),
    tags: () => once(reader.tags()),
    referrers: (subject, artifactType) => once(reader.referrers(subject, artifactType)),
    async *read(descriptor, range) {
      transfer.requests++;
      for await (const chunk of reader.read(descriptor, range)) {
        transfer.bytes += chunk.length;
        yield chunk;
      }
    },
  };
  return { reader: counting, transfer };
}
