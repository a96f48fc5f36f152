import type { Filters } from '../schema/filters.ts';
import type { Rules } from '../schema/rules.ts';
import { compile, type Fields, type Struct, type Structs } from '../schema/type.ts';
import type { SpecVersion } from '../spec/version.ts';
import { type SpecName, specVersions } from '../spec/versions.ts';
import type { ButaneConfig } from './config.ts';
import { type ButaneJudgement, butaneRules } from './rules.ts';
import { butaneStructs } from './structs.ts';
import type { Translation } from './translate.ts';

/** Makes an Ignition document of a checked Butane one. */
export type Translate = (from: ButaneConfig & Fields, translation: Translation) => Fields;

/** What the folder of a version says. */
export interface ButaneParts {
  /** The version of Ignition that it becomes. */
  ignition: SpecName;
  /** Structs and fields that Ignition does not have. */
  added: Structs;
  translate: Translate;
  judgement: ButaneJudgement;
  filters?: Filters;
}

/** One version of one variant of Butane. */
export interface ButaneVersion {
  variant: string;
  version: string;
  ignition: SpecVersion;
  struct: Struct;
  rules: Rules;
  filters: Filters;
  translate: Translate;
}

export function butaneVersion(
  variant: string,
  version: string,
  { ignition, added, translate, judgement, filters = {} }: ButaneParts,
): ButaneVersion {
  const spec = specVersions[ignition];
  return {
    variant,
    version,
    ignition: spec,
    struct: compile(butaneStructs(spec.structs, added)),
    rules: butaneRules({ ...judgement, child: spec }),
    filters,
    translate,
  };
}
