import { describe, expect, it } from 'vitest';
import { orderArguments } from './arguments.ts';

describe(orderArguments, () => {
  it.each([
    ['-C DIR status', 'status -C DIR'],
    ['-CDIR --json status', 'status -CDIR --json'],
    ['--config a.yaml -q run --force', 'run --force --config a.yaml -q'],
    ['-C DIR lock show', 'lock show -C DIR'],
    ['--json verify -- -odd.ko', 'verify --json -- -odd.ko'],
    ['help run', 'run --help'],
    ['help lock sync', 'lock sync --help'],
    ['help', 'help'],
    ['status -C DIR', 'status -C DIR'],
    ['--version', '--version'],
    ['-C DIR --help', '-C DIR --help'],
    ['-C', '-C'],
    ['', ''],
  ])('reads %j as %j', (given, read) => {
    expect(orderArguments(given.split(' ').filter(Boolean))).toEqual(
      read.split(' ').filter(Boolean),
    );
  });
});
