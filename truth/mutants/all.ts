import { BTF_VARIATIONS } from './btf.ts';
import { CHECKSUM_VARIATIONS, EXTENDED_VARIATIONS } from './checksums.ts';
import { CLAIM_VARIATIONS } from './claims.ts';
import { EXPORT_VARIATIONS } from './exports.ts';
import { HEADER_VARIATIONS } from './header.ts';
import { LICENSE_VARIATIONS } from './license.ts';
import { NAMESPACE_VARIATIONS } from './namespaces.ts';
import { RELOCATION_VARIATIONS, SYMBOL_VARIATIONS } from './relocations.ts';
import { SECTION_VARIATIONS } from './sections.ts';
import { STRUCT_VARIATIONS } from './struct.ts';
import type { Variation } from './variation.ts';
import { VERMAGIC_VARIATIONS } from './vermagic.ts';

/** Every variation, under the heading that the table gives it. */
export const VARIATIONS: Readonly<Record<string, readonly Variation[]>> = {
  licence: LICENSE_VARIATIONS,
  vermagic: VERMAGIC_VARIATIONS,
  checksums: [...CHECKSUM_VARIATIONS, ...EXTENDED_VARIATIONS],
  namespaces: NAMESPACE_VARIATIONS,
  'struct module': STRUCT_VARIATIONS,
  'ELF header': HEADER_VARIATIONS,
  sections: SECTION_VARIATIONS,
  symbols: SYMBOL_VARIATIONS,
  exports: EXPORT_VARIATIONS,
  relocations: RELOCATION_VARIATIONS,
  claims: CLAIM_VARIATIONS,
  'type information': BTF_VARIATIONS,
};
