import { MEMBERS } from '../family/members.ts';
import { VARIATIONS } from '../mutants/all.ts';
import { hasSection } from '../mutants/elf.ts';
import { memberOf } from '../mutants/variation.ts';
import type { Case, Subject } from './case.ts';

/** What a member needs loaded before, as the subject has it. */
export function beforeOf(subject: Subject, name: string): readonly Buffer[] {
  const member = MEMBERS.find((one) => one.name === name);
  const ofTree = (member?.afterTree ?? []).flatMap((tree) => subject.needed.get(tree) ?? []);
  const ofFamily = (member?.after ?? []).map((other) => memberOf(subject.family, other));
  return [...ofTree, ...ofFamily];
}

/** The family as it was built for the subject. */
export function nativeCases(subject: Subject): Case[] {
  return MEMBERS.map(({ name }) => ({
    heading: 'built for this kernel',
    name,
    file: `${name}.ko`,
    module: memberOf(subject.family, name),
    before: beforeOf(subject, name),
    how: 'direct',
  }));
}

/** Every variation of the family that makes sense for the subject. */
export function mutantCases(subject: Subject): Case[] {
  return Object.entries(VARIATIONS).flatMap(([heading, variations]) =>
    variations.flatMap((variation): Case[] => {
      const module = memberOf(subject.family, variation.of);
      if (variation.needs && !hasSection(module, variation.needs)) return [];
      return [
        {
          heading,
          name: `${variation.of}: ${variation.name}`,
          file: `${variation.of}.ko`,
          module: variation.change(module),
          before: variation.before?.(subject.family) ?? beforeOf(subject, variation.of),
          how: 'direct',
        },
      ];
    }),
  );
}
