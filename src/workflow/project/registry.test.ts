import { expect, it } from 'vitest';
import { engineAt } from '../engine/place.ts';
import { registryOf } from './registry.ts';

it.each([
  ['github', 'git@github.com:You/images.git', 'ghcr.io/you'],
  ['github', 'https://github.example/you/images', undefined],
  ['forgejo', 'https://git.example/You/images.git', 'git.example/you'],
  ['gitlab', 'https://gitlab.com/group/sub/images', undefined],
] as const)('%s at %s publishes to %s', (engine, remote, registry) => {
  expect(registryOf(engineAt(engine, remote, {}))).toBe(registry);
});
