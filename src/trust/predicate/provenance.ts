import type { Digest } from '../../system/digest.ts';
import { descriptorOf, type Resource } from './resource.ts';

/** What a statement of provenance is of (SLSA v1). */
export const PROVENANCE_PREDICATE = 'https://slsa.dev/provenance/v1';

/** How an image came about. */
export interface Origin {
  stream: string;
  /** Digest of what the configuration says. */
  config: Digest;
  /** Versions of programs of the machine. */
  tools: Readonly<Record<string, string>>;
  dependencies: readonly Resource[];
  /** What else came of it: verdicts. */
  byproducts: readonly Resource[];
}

/** The provenance of an image (slsa.dev/spec/v1.0/provenance). */
export function provenanceOf({ stream, config, tools, dependencies, byproducts }: Origin) {
  return {
    buildDefinition: {
      buildType: 'https://lockstep.dev/build/v1',
      externalParameters: { stream, config },
      internalParameters: { tools },
      resolvedDependencies: dependencies.map(descriptorOf),
    },
    runDetails: {
      builder: { id: 'https://lockstep.dev/run/v1' },
      byproducts: byproducts.map(descriptorOf),
    },
  };
}
