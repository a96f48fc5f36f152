import { z } from 'zod';
import { type Digest, isDigest } from '../../system/digest.ts';

/** A digest as JSON has it. */
export const DigestText = z
  .string()
  .refine(isDigest, 'must be a sha256 digest') as unknown as z.ZodType<Digest>;

/** An archive of Debian. */
export const Archive = z.enum(['debian', 'debian-security']);

/** 64 hex digits. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const DebianPackage = z.object({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  sha256: Sha256,
  size: z.number().int().nonnegative(),
  filename: z.string(),
  archive: Archive,
  source: z.string(),
  sourceVersion: z.string(),
});

/** Packages of Debian with the digest that identifies the set. */
export const DebianPackages = z.object({ digest: DigestText, packages: z.array(DebianPackage) });

const RpmPackage = z.object({
  name: z.string(),
  /** EPOCH:VERSION-RELEASE, without an epoch of 0. */
  version: z.string(),
  architecture: z.string(),
  sha256: Sha256,
  size: z.number().int().nonnegative(),
  /** Name of the source package. */
  source: z.string(),
});

/** RPM packages with the digest that identifies the set. */
export const RpmPackages = z.object({ digest: DigestText, packages: z.array(RpmPackage) });

export type RpmPackages = z.infer<typeof RpmPackages>;
