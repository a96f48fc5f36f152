import type { Digest } from '../system/digest.ts';

/** Points to content by digest (OCI image-spec 1.1, descriptor.md). Sizes are bytes. */
export interface Descriptor {
  mediaType: string;
  digest: Digest;
  size: number;
  annotations?: Record<string, string>;
  artifactType?: string;
  platform?: Platform;
}

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}
