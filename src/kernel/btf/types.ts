import {
  type Btf,
  type BtfType,
  countTypes,
  isModifier,
  KIND,
  LAST_KIND,
  notUnderstood,
  TYPE_SIZE,
  tailSize,
  typeAt,
  typeById,
} from './format.ts';
import { checkKind } from './kinds.ts';
import { isName } from './names.ts';

/** Bits of `info` that nothing uses (`BTF_INFO_MASK`, before Linux 7.1). */
const UNUSED = 0x60ff_0000;
/** Modifiers one behind the other. */
const LONGEST_CHAIN = 32;

/** Finds every type, each as long as its kind says, and checks nothing more. */
export function listTypes(btf: Btf): void {
  for (let at = btf.typesAt; at < btf.typesEnd; ) at += take(btf, at).length;
}

/**
 * Finds every type and checks each by itself (`btf_check_all_metas`, kernel/bpf/btf.c). What they
 * refer to Linux checks in the types of programs (`btf_check_all_types`) and not in those of
 * modules, but for what modifiers refer to.
 */
export function checkTypes(btf: Btf): void {
  for (let at = btf.typesAt; at < btf.typesEnd; ) {
    const { length, type } = take(btf, at);
    if (!btf.rules.widened && (btf.view.getUint32(at + 4, btf.little) & UNUSED) !== 0)
      throw problem(btf, 'Invalid btf_info');
    if (!isName(btf, type.name)) throw problem(btf, `Invalid name_offset:${type.name}`);
    const wrong = checkKind(btf, type);
    if (wrong) throw problem(btf, wrong);
    at += length;
  }
  checkChains(btf);
}

function take(btf: Btf, at: number): { length: number; type: BtfType } {
  btf.types.push(at);
  if (btf.typesEnd - at < TYPE_SIZE) throw problem(btf, 'a type is cut off');
  const type = typeAt(btf, at);
  if (type.kind === 0 || type.kind > LAST_KIND) throw problem(btf, `Invalid kind:${type.kind}`);
  const length = TYPE_SIZE + tailSize(type);
  if (btf.typesEnd - at < length) throw problem(btf, 'a type is cut off');
  return { length, type };
}

/**
 * Modifiers lead to a type, and not in a circle (`btf_check_type_tags`, before Linux 7.1 also that
 * tags stand before other modifiers).
 */
function checkChains(btf: Btf): void {
  const first = Math.max(btf.firstType, 1);
  let good = first - 1;
  for (let id = first; id < countTypes(btf); id++) {
    const type = typeById(btf, id);
    if (!type || !isModifier(type)) continue;
    checkChain(btf, { id, type }, good);
    good = id;
  }
}

function checkChain(btf: Btf, from: { id: number; type: BtfType }, good: number): void {
  let { id } = from;
  let type: BtfType | undefined = from.type;
  let inTags = type.kind === KIND.typeTag;
  for (let left = LONGEST_CHAIN; isModifier(type); left--) {
    if (left === 0) throw notUnderstood(`[${from.id}] Max chain length or cycle detected`);
    const isTag = type.kind === KIND.typeTag;
    if (isTag && !inTags && !btf.rules.widened)
      throw notUnderstood(`[${from.id}] Type tags don't precede modifiers`);
    inTags &&= isTag;
    if (id <= good) return;
    id = type.size;
    type = typeById(btf, id);
    if (!type) throw notUnderstood(`[${from.id}] there is no type ${id}`);
  }
}

function problem(btf: Btf, message: string): Error {
  return notUnderstood(`[${countTypes(btf) - 1}] ${message}`);
}
