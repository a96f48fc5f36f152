/** What a module is built for. */
export interface BuildTarget {
  kernelRelease: string;
  /** Compilers at a time. */
  jobs: number;
}

/** What a recipe fills in. */
export interface RecipeInput extends BuildTarget {
  name: string;
  /** File under `/src` that the recipe starts from: the .dsc, the .deb. */
  file: string;
  /** Build for a kernel newer than the module supports. */
  experimental: boolean;
}
