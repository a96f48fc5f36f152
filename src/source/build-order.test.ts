import { describe, expect, it } from 'vitest';
import { absentDependencies, buildOrder } from './build-order.ts';

const aModule = (name: string, ...depends: string[]) => ({
  name,
  conf: { name: `${name}-dkms`, depends: depends.map((one) => `${one}-dkms`) },
});

describe(buildOrder, () => {
  it('puts what is needed first and leaves the rest as it is', () => {
    const modules = [aModule('a', 'c'), aModule('b'), aModule('c', 'd'), aModule('d')];

    expect(buildOrder(modules).map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b']);
  });

  it('keeps all of a circle', () => {
    const modules = [aModule('a', 'b'), aModule('b', 'a'), { name: 'c' }];

    expect(buildOrder(modules).map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  });
});

describe(absentDependencies, () => {
  it('names what no module of the stream is', () => {
    const modules = [aModule('a', 'b', 'x'), aModule('b')];

    expect(absentDependencies(modules[0]!, modules)).toEqual(['x-dkms']);
  });

  it('says nothing while a name is not known', () => {
    const modules = [aModule('a', 'x'), { name: 'b', conf: { depends: [] } }];

    expect(absentDependencies(modules[0]!, modules)).toEqual([]);
  });
});
