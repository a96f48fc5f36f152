import type { Structs } from '../../schema/type.ts';
import { structs as before } from '../v3_0/schema.ts';

const RESOURCE = {
  compression: 'string',
  httpHeaders: '[HTTPHeader]',
  source: 'string',
  verification: 'Verification',
};

/** Ignition 3.1: proxies, headers, compression of everything that is fetched, mount options. */
export const structs = {
  ...before,
  Ignition: {
    config: 'IgnitionConfig',
    proxy: 'Proxy',
    security: 'Security',
    timeouts: 'Timeouts',
    version: 'string!',
  },
  IgnitionConfig: { merge: '[Resource]', replace: 'Resource' },
  Security: { tls: 'TLS' },
  TLS: { certificateAuthorities: '[Resource]' },
  Resource: RESOURCE,
  HTTPHeader: { name: 'string!', value: 'string' },
  Proxy: { httpProxy: 'string', httpsProxy: 'string', noProxy: '[string]' },
  Filesystem: {
    device: 'string!',
    format: 'string',
    label: 'string',
    mountOptions: '[string]+',
    options: '[string]+',
    path: 'string',
    uuid: 'string',
    wipeFilesystem: 'bool',
  },
} satisfies Structs;
