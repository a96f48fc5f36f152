import { MEMBERS } from '../family/members.ts';
import { memberOf } from '../mutants/variation.ts';
import type { Case, Subject } from './case.ts';
import { beforeOf } from './native.ts';

/** Everything that was built for another kernel, after the subject's own of what it needs. */
export function foreignCases(subject: Subject, others: readonly Subject[]): Case[] {
  return others
    .filter(({ kernel }) => kernel.release !== subject.kernel.release)
    .flatMap((other) => [...foreignFamily(subject, other), ...foreignTree(subject, other)]);
}

function foreignFamily(subject: Subject, other: Subject): Case[] {
  return MEMBERS.map(({ name }) => ({
    heading: 'built for another kernel',
    name: `${name} of ${other.kernel.release}`,
    file: `${name}.ko`,
    module: memberOf(other.family, name),
    before: beforeOf(subject, name),
    how: 'direct',
  }));
}

function foreignTree(subject: Subject, other: Subject): Case[] {
  return [...other.tree].map(([name, { module }]) => ({
    heading: 'of another kernel itself',
    name: `${name} of ${other.kernel.release}`,
    file: `${name}.ko`,
    module,
    before: subject.tree.get(name)?.before ?? [],
    how: 'direct',
    sealed: true,
  }));
}
