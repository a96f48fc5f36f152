import { compareEvr } from '../../package/evr.ts';
import { compareDebianVersions } from '../../stream/debian/version.ts';
import { canonicalJson, digestOf } from '../../system/digest.ts';
import { baseDigest, type Hosts, type Inputs } from '../inputs/inputs.ts';
import { isBuilt, type ModuleInputs, type TakenModule } from '../inputs/modules.ts';
import { diffPackages, isEmpty, type ListedPackage, type PackagesDiff } from './packages-diff.ts';

/** One thing that has another value; without one of the two it came or went. */
export interface Change {
  /** `kernel`, `base digest`, `zfs version`, … */
  what: string;
  from?: string;
  to?: string;
}

/** What differs between two inputs; empty lists where nothing does. */
export interface InputsDiff {
  stream: string;
  /** Base, kernel, builder, modules, overlay and configuration. */
  changes: Change[];
  /** Sets of packages that differ, by what they belong to. */
  packages: Partial<Record<'base' | 'builder' | 'image', PackagesDiff>>;
  /** Programs of the machine; they do not make other inputs. */
  tools: Change[];
}

/** Tells what changed from one inputs to another. Pure. */
export function diffInputs(before: Inputs, after: Inputs): InputsDiff {
  const facts = differences(factsOf(before), factsOf(after));
  return {
    stream: after.stream,
    changes: [...facts, ...modulesDiff(before.modules, after.modules)],
    packages: packagesDiff(before, after),
    tools: differences(Object.entries(before.tools), Object.entries(after.tools)),
  };
}

/** True when both would make the same; tools are not compared. */
export function isSame({ changes, packages }: InputsDiff): boolean {
  return changes.length === 0 && Object.keys(packages).length === 0;
}

type Facts = (readonly [what: string, value: string | undefined])[];

function factsOf(inputs: Inputs): Facts {
  const { family, stream, config, builder, image, hosts } = inputs;
  return [
    ['stream', stream],
    ['family', family],
    ['kernel', inputs.base.kernelRelease],
    ['older kernels', inputs.base.kernels.slice(0, -1).join(' ') || undefined],
    ['os version', inputs.base.osVersion],
    ...baseFacts(inputs),
    ['base digest', baseDigest(inputs)],
    ['builder', family === 'rpm' ? builder?.reference : undefined],
    ['builder digest', family === 'rpm' ? builder?.digest : undefined],
    ['compiler', builder?.compiler],
    ['signing certificate', family === 'rpm' ? inputs.signing?.certificate : undefined],
    ['keys of hosts', hosts && hostsText(hosts)],
    ['overlay', image.overlay ?? undefined],
    ['configuration', config],
  ];
}

/** Which keys count for which names; keys by what they are called in images. */
function hostsText({ scopes, keys, enforce }: Hosts): string {
  const shown = keys.map((pem) => digestOf(pem).slice(7, 14));
  return `${shown.join(' ')} for ${scopes.join(' ')}${enforce ? ', enforced' : ''}`;
}

function baseFacts({ family, base }: Inputs): Facts {
  if (family === 'rpm') {
    return [
      ['base', base.reference],
      ['base tag', base.tag],
      ['base version', base.version],
      ['kernels taken out', base.removed.join(' ') || undefined],
    ];
  }
  return [
    ['base', base.suite],
    ['kernel package', `${base.kernelPackage.name} ${base.kernelPackage.version}`],
  ];
}

function differences(before: Facts, after: Facts): Change[] {
  const [was, is] = [new Map(before), new Map(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [from, to] = [was.get(what), is.get(what)];
    if (from === to) return [];
    return [{ what, ...(from != null && { from }), ...(to != null && { to }) }];
  });
}

function modulesDiff(before: readonly ModuleInputs[], after: readonly ModuleInputs[]): Change[] {
  return differences(before.flatMap(moduleFacts), after.flatMap(moduleFacts));
}

function moduleFacts(module: ModuleInputs): Facts {
  const { name, kind, package: from, version, range, options, files } = module;
  const sums = files.map((file) => `${file.name} ${file.sha256.slice(0, 12)}`);
  return [
    [`${name} version`, version],
    ...(isBuilt(module) ? [] : takenFacts(module)),
    [`${name} comes from`, `${kind} ${from}`],
    [`${name} source`, sums.join(', ')],
    [`${name} range`, canonicalJson(range)],
    [`${name} options`, options.join(' ') || undefined],
  ];
}

function takenFacts({ name, images }: TakenModule): Facts {
  return [
    [`${name} image`, images.map(({ reference }) => reference).join(' ')],
    [`${name} image digest`, images.map(({ digest }) => digest).join(' ')],
  ];
}

function packagesDiff(before: Inputs, after: Inputs): InputsDiff['packages'] {
  const compare = after.family === 'debian' ? compareDebianVersions : compareEvr;
  const entries = (['base', 'builder', 'image'] as const).flatMap((name) => {
    const diff = diffPackages(listOf(before, name), listOf(after, name), compare);
    return isEmpty(diff) ? [] : [[name, diff] as const];
  });
  return Object.fromEntries(entries);
}

function listOf(inputs: Inputs, name: 'base' | 'builder' | 'image'): readonly ListedPackage[] {
  if (name !== 'base') return inputs[name]?.packages.packages ?? [];
  return inputs.family === 'debian' ? inputs.base.packages.packages : [];
}
