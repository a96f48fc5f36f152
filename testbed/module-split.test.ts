import { describe, expect, it } from 'vitest';
import { splitModules } from './module-split.ts';

describe(splitModules, () => {
  it('takes what the core needs into the core, wherever it lies', () => {
    const dep = [
      'kernel/fs/xfs/xfs.ko.xz: kernel/drivers/odd/helper.ko.xz',
      'kernel/drivers/odd/helper.ko.xz:',
      'kernel/sound/loud.ko.xz: kernel/drivers/odd/helper.ko.xz',
      '',
    ].join('\n');

    expect(splitModules(dep)).toEqual({
      core: ['kernel/drivers/odd/helper.ko.xz', 'kernel/fs/xfs/xfs.ko.xz'],
      rest: ['kernel/sound/loud.ko.xz'],
    });
  });
});
