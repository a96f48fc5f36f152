import { type Btf, type BtfType, KIND } from './format.ts';
import { isEmpty, isIdentifier, isName, isSectionName } from './names.ts';

/** `BTF_MAX_TYPE`, and the largest integer in bits. */
const MOST_TYPES = 0xf_ffff;
const LARGEST_INT = 128;
const POWERS: ReadonlySet<number> = new Set([1, 2, 4, 8]);
const FLOATS: ReadonlySet<number> = new Set([2, 4, 8, 12, 16]);

type Check = (btf: Btf, type: BtfType) => string | undefined;

/**
 * What is wrong with a type by itself, by its kind, in the words of Linux: the functions
 * `btf_*_check_meta` of kernel/bpf/btf.c. Its tail must be there.
 */
export function checkKind(btf: Btf, type: BtfType): string | undefined {
  return CHECKS[type.kind]?.(btf, type);
}

const plain = ({ count, flag }: BtfType): string | undefined => {
  if (count > 0) return 'vlen != 0';
  return flag ? 'Invalid btf_info kind_flag' : undefined;
};

const named: Check = (btf, { name }) => (isIdentifier(btf, name) && name > 0 ? undefined : NAME);
const nameless: Check = (_, { name }) => (name > 0 ? NAME : undefined);
const maybeNamed: Check = (btf, { name }) =>
  name > 0 && !isIdentifier(btf, name) ? NAME : undefined;
const refers: Check = (_, { size }) => (size > MOST_TYPES ? ID : undefined);
const NAME = 'Invalid name';
const ID = 'Invalid type_id';

const modifier: Check = (btf, type) => plain(type) ?? refers(btf, type) ?? nameless(btf, type);

const CHECKS: Readonly<Record<number, Check>> = {
  [KIND.int]: (btf, type) => plain(type) ?? checkInt(word(btf, type.at), type.size),
  [KIND.pointer]: modifier,
  [KIND.volatile]: modifier,
  [KIND.const]: modifier,
  [KIND.restrict]: modifier,
  [KIND.typedef]: (btf, type) => plain(type) ?? refers(btf, type) ?? named(btf, type),
  [KIND.typeTag]: (btf, type) =>
    plain(withoutTagFlag(btf, type)) ??
    refers(btf, type) ??
    (isEmpty(btf, type.name) ? NAME : undefined),
  [KIND.declarationTag]: checkDeclarationTag,
  [KIND.array]: checkArray,
  [KIND.struct]: checkMembers,
  [KIND.union]: checkMembers,
  [KIND.enum]: (btf, type) => checkValues(btf, type, 8),
  [KIND.enum64]: (btf, type) => checkValues(btf, type, 12),
  [KIND.forward]: (btf, type) =>
    (type.count > 0 ? 'vlen != 0' : undefined) ??
    (type.size > 0 ? 'type != 0' : undefined) ??
    named(btf, type),
  [KIND.prototype]: (btf, type) =>
    nameless(btf, type) ?? (type.flag ? 'Invalid btf_info kind_flag' : undefined),
  [KIND.function]: (btf, type) =>
    named(btf, type) ??
    (type.count > 1 ? 'Invalid func linkage' : undefined) ??
    plain({ ...type, count: 0 }),
  [KIND.variable]: (btf, type) =>
    plain(type) ??
    named(btf, type) ??
    (type.size === 0 ? ID : refers(btf, type)) ??
    (word(btf, type.at) > 1 ? 'Linkage not supported' : undefined),
  [KIND.section]: checkSection,
  [KIND.float]: (_, type) =>
    plain(type) ?? (FLOATS.has(type.size) ? undefined : 'Invalid type_size'),
};

function word({ view, little }: Btf, at: number): number {
  return view.getUint32(at, little);
}

/** Tags may carry the flag since Linux 6.15. */
function withoutTagFlag({ rules }: Btf, type: BtfType): BtfType {
  return rules.flaggedTags ? { ...type, flag: false } : type;
}

function checkInt(data: number, size: number): string | undefined {
  if ((data & 0xf000_0000) !== 0) return `Invalid int_data:${data.toString(16)}`;
  const bits = (data & 0xff) + ((data >>> 16) & 0xff);
  if (bits > LARGEST_INT) return `nr_bits exceeds ${LARGEST_INT}`;
  if (Math.ceil(bits / 8) > size) return 'nr_bits exceeds type_size';
  return [0, 1, 2, 4].includes((data >>> 24) & 0xf) ? undefined : 'Unsupported encoding';
}

function checkArray(btf: Btf, type: BtfType): string | undefined {
  const isThere = (id: number) => id > 0 && id <= MOST_TYPES;
  return (
    nameless(btf, type) ??
    plain(type) ??
    (type.size > 0 ? 'size != 0' : undefined) ??
    (isThere(word(btf, type.at)) ? undefined : 'Invalid elem') ??
    (isThere(word(btf, type.at + 4)) ? undefined : 'Invalid index')
  );
}

function checkMembers(btf: Btf, type: BtfType): string | undefined {
  let last = 0;
  const wrong = maybeNamed(btf, type);
  if (wrong) return wrong;
  for (let at = type.at; at < type.at + type.count * 12; at += 12) {
    const name = word(btf, at);
    if (!isName(btf, name)) return `Invalid member name_offset:${name}`;
    if (name > 0 && !isIdentifier(btf, name)) return NAME;
    const id = word(btf, at + 4);
    if (id === 0 || id > MOST_TYPES) return ID;
    const offset = word(btf, at + 8) & (type.flag ? 0xff_ffff : -1);
    const bits = offset >>> 0;
    if ((type.kind === KIND.union && bits > 0) || last > bits) return 'Invalid member bits_offset';
    if (Math.ceil(bits / 8) > type.size) return 'Member bits_offset exceeds its struct size';
    last = bits;
  }
  return undefined;
}

function checkValues(btf: Btf, type: BtfType, each: number): string | undefined {
  if (!POWERS.has(type.size)) return 'Unexpected size';
  const wrong = maybeNamed(btf, type);
  if (wrong) return wrong;
  for (let at = type.at; at < type.at + type.count * each; at += each) {
    const name = word(btf, at);
    if (!isName(btf, name)) return `Invalid name_offset:${name}`;
    if (name === 0 || !isIdentifier(btf, name)) return NAME;
  }
  return undefined;
}

function checkDeclarationTag(btf: Btf, type: BtfType): string | undefined {
  if (isEmpty(btf, type.name)) return 'Invalid value';
  const wrong = plain(withoutTagFlag(btf, type));
  if (wrong) return wrong;
  return (word(btf, type.at) | 0) < -1 ? 'Invalid component_idx' : undefined;
}

function checkSection(btf: Btf, type: BtfType): string | undefined {
  if (type.size === 0) return 'size == 0';
  if (type.flag) return 'Invalid btf_info kind_flag';
  if (type.name === 0 || !isSectionName(btf, type.name)) return NAME;
  let end = 0;
  for (let at = type.at; at < type.at + type.count * 12; at += 12) {
    const [id, offset, size] = [word(btf, at), word(btf, at + 4), word(btf, at + 8)];
    if (id === 0 || id > MOST_TYPES) return ID;
    if (offset < end || offset >= type.size) return 'Invalid offset';
    if (size === 0 || size > type.size) return 'Invalid size';
    end = offset + size;
    if (end > type.size) return 'Invalid offset+size';
  }
  return undefined;
}
