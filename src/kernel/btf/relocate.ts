import {
  type Btf,
  type BtfType,
  countTypes,
  isModifier,
  KIND,
  nameOf,
  notUnderstood,
  typeById,
} from './format.ts';

const { int, struct, union, forward, float } = KIND;
const DISTILLED: ReadonlySet<number> = new Set([int, float, KIND.enum, struct, union, forward]);
const SIZED: ReadonlySet<number> = new Set([int, float, KIND.enum, KIND.enum64]);
const COMPOSITE: ReadonlySet<number> = new Set([struct, union]);
/** More steps than any type takes; Linux would go round for ever. */
const MOST_STEPS = 1000;

/** A type of `.BTF.base` on its way to one of the kernel. */
interface Distilled {
  id: number;
  type: BtfType;
  isEmbedded: boolean;
  found: number | undefined;
}

/**
 * Whether the types that a module names in its `.BTF.base` are in the kernel (`btf_relocate`,
 * tools/lib/bpf/btf_relocate.c, since Linux 6.11). Throws `invalid-content` where Linux refuses it.
 */
export function checkRelocation(split: Btf, kernel: Btf): void {
  const distilled = distilledOf(split);
  mapTypes(distilled, kernel, split.base ?? kernel);
  const lost = distilled.find(({ found }) => found === undefined);
  if (lost) {
    const name = nameOf(split, lost.type.name);
    throw notUnderstood(
      `distilled base BTF type '${name}' [${lost.id}] is not mapped to base BTF id`,
    );
  }
  checkNames(split, new Set(distilled.map(({ type }) => type.name)));
}

function distilledOf(split: Btf): Distilled[] {
  const embedded = embeddedIn(split);
  return Array.from({ length: split.firstType - 1 }, (_, index) => {
    const id = index + 1;
    const type = typeById(split, id);
    if (!type || !DISTILLED.has(type.kind) || type.name === 0)
      throw notUnderstood(`type [${id}] is invalid for distilled base BTF`);
    return { id, type, isEmbedded: embedded.has(id), found: undefined };
  });
}

/** Structures of the base that stand whole in one of the module, so that their size counts. */
function embeddedIn(split: Btf): Set<number> {
  const embedded = new Set<number>();
  for (let id = split.firstType; id < countTypes(split); id++) {
    const type = typeById(split, id);
    if (!type || !COMPOSITE.has(type.kind)) continue;
    for (const member of tailWords(split, type, { each: 12, at: 4 })) {
      const target = embeddedType(split, member);
      if (target < split.firstType) embedded.add(target);
    }
  }
  return embedded;
}

function embeddedType(split: Btf, from: number): number {
  let id = from;
  for (let steps = 0; id !== 0; steps++) {
    const type = typeById(split, id);
    if (!type || steps > MOST_STEPS) throw notUnderstood(`there is no end of type ${from}`);
    if (COMPOSITE.has(type.kind)) return id;
    if (isModifier(type)) id = type.size;
    else id = type.kind === KIND.array ? elementOf(split, type) : 0;
  }
  return Number.POSITIVE_INFINITY;
}

/** The elements of an array; it may be one of the base. */
function elementOf(btf: Btf, { at }: BtfType): number {
  return btf.view.getUint32(at, btf.little);
}

function mapTypes(distilled: readonly Distilled[], kernel: Btf, base: Btf): void {
  const byName = Map.groupBy(distilled, ({ type }) => nameOf(base, type.name));
  const counts = compositeCounts(kernel);
  for (let id = 1; id < countTypes(kernel); id++) {
    const type = typeById(kernel, id);
    if (!type || type.name === 0 || !isRelocatable(type)) continue;
    const needsSize = SIZED.has(type.kind) || (counts.get(type.name) ?? 0) > 1;
    for (const one of byName.get(nameOf(kernel, type.name)) ?? []) {
      if (needsSize && type.kind !== forward && one.type.size !== type.size) continue;
      if (!fits(one, type, { base, kernel })) continue;
      if (one.found !== undefined) {
        const name = nameOf(base, one.type.name);
        throw notUnderstood(
          `distilled base BTF type '${name}' [${one.id}] has multiple candidates of the same size`,
        );
      }
      one.found = id;
    }
  }
}

function isRelocatable({ kind }: BtfType): boolean {
  return DISTILLED.has(kind) || kind === KIND.enum64;
}

/** How many structures of the kernel share a name, by the offset of the name. */
function compositeCounts(kernel: Btf): Map<number, number> {
  const counts = new Map<number, number>();
  for (let id = 1; id < countTypes(kernel); id++) {
    const type = typeById(kernel, id);
    if (type && COMPOSITE.has(type.kind)) counts.set(type.name, (counts.get(type.name) ?? 0) + 1);
  }
  return counts;
}

/** The kinds go together; enumerations of 64 bits are distilled to ordinary ones. */
function fits(
  { type: wanted, isEmbedded }: Distilled,
  type: BtfType,
  { base, kernel }: { base: Btf; kernel: Btf },
): boolean {
  if (wanted.kind === forward) {
    if (type.kind === forward) return type.flag === wanted.flag;
    // Linux looks at the flag of the structure here, which tells of bit fields.
    return type.kind === struct ? !type.flag : type.kind === union && type.flag;
  }
  if (wanted.kind === KIND.enum) return type.kind === wanted.kind || type.kind === KIND.enum64;
  if (COMPOSITE.has(wanted.kind)) return !isEmbedded || type.size === wanted.size;
  if (wanted.kind === int)
    return type.kind === int && encodingOf(base, wanted) === encodingOf(kernel, type);
  return type.kind === wanted.kind;
}

function encodingOf({ view, little }: Btf, { at }: BtfType): number {
  return (view.getUint32(at, little) >>> 24) & 0xf;
}

/** Names that the module takes from its base must be those of types of the base. */
function checkNames(split: Btf, mapped: ReadonlySet<number>): void {
  for (let id = split.firstType; id < countTypes(split); id++) {
    const type = typeById(split, id);
    if (!type) continue;
    const each = NAMED_TAILS[type.kind];
    const names = [type.name, ...(each ? tailWords(split, type, { each, at: 0 }) : [])];
    const lost = names.find((name) => name > 0 && name < split.firstString && !mapped.has(name));
    if (lost !== undefined)
      throw notUnderstood(`string [offset ${lost}] is not mapped to base BTF`);
  }
}

const NAMED_TAILS: Readonly<Record<number, number>> = {
  [struct]: 12,
  [union]: 12,
  [KIND.enum]: 8,
  [KIND.enum64]: 12,
  [KIND.prototype]: 8,
};

function tailWords(btf: Btf, type: BtfType, { each, at }: { each: number; at: number }): number[] {
  return Array.from({ length: type.count }, (_, index) =>
    btf.view.getUint32(type.at + index * each + at, btf.little),
  );
}
