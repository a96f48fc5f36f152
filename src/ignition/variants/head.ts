import type { Tree } from '../../file/yaml/tree.ts';
import type { ButaneVersion } from '../butane/version.ts';
import { error, type Problem } from '../problem/problem.ts';
import { type DecodeProblem, decodeYaml } from '../schema/decode.ts';
import { compile } from '../schema/type.ts';
import { butaneNamed, butaneNames } from './versions.ts';

const HEAD = compile({ Config: { variant: 'string', version: 'string' } });
const VERSION = /^\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/;

/** The version that a document says it is of, or what is wrong with what it says. */
export function readHead(tree: Tree): ButaneVersion | { problems: (Problem | DecodeProblem)[] } {
  const { value, problems } = decodeYaml(tree, HEAD);
  if (problems.length > 0) return { problems };
  const { variant, version } = value as { variant?: string; version?: string };
  if (!variant) return { problems: [error(['variant'], 'variant is missing: fcos, flatcar, …')] };
  if (!version || !VERSION.test(version))
    return { problems: [error(['version'], 'the version must be written like 1.7.0')] };
  const known = butaneNamed(variant, version);
  if (known) return known;
  const message = `${variant} ${version} is not known; known are ${butaneNames.join(', ')}`;
  return { problems: [error(['version'], message)] };
}
