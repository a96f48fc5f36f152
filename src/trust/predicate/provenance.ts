import { descriptorOf, type Resource } from './resource.ts';

/** What a statement of provenance is of (SLSA v1). */
export const PROVENANCE_PREDICATE = 'https://slsa.dev/provenance/v1';

/** How an image came about. */
export interface Origin {
  /** What says how the parameters are to be read. */
  buildType: string;
  /** What was asked for. */
  external: Readonly<Record<string, unknown>>;
  /** What else the build went by: programs of the machine. */
  internal: Readonly<Record<string, unknown>>;
  dependencies: readonly Resource[];
  /** What else came of it: verdicts. */
  byproducts: readonly Resource[];
}

/** The provenance of an image (slsa.dev/spec/v1.0/provenance). */
export function provenanceOf(origin: Origin) {
  const { buildType, external, internal, dependencies, byproducts } = origin;
  return {
    buildDefinition: {
      buildType,
      externalParameters: external,
      internalParameters: internal,
      resolvedDependencies: dependencies.map(descriptorOf),
    },
    runDetails: {
      builder: { id: 'https://lockstep.dev/run/v1' },
      byproducts: byproducts.map(descriptorOf),
    },
  };
}
