import { describe, expect, it } from 'vitest';
import { readKernelConfig } from './config.ts';
import { loaderRules } from './loader.ts';

const judgesBtf = (config: string | undefined) =>
  loaderRules('6.12.1', config == null ? undefined : readKernelConfig(config)).judgesBtf;

describe(loaderRules, () => {
  it.each([
    ['CONFIG_DEBUG_INFO_BTF=y\nCONFIG_DEBUG_INFO_BTF_MODULES=y\n', true],
    ['CONFIG_DEBUG_INFO_BTF_MODULES=y\n# CONFIG_MODULE_ALLOW_BTF_MISMATCH is not set\n', true],
    ['CONFIG_DEBUG_INFO_BTF_MODULES=y\nCONFIG_MODULE_ALLOW_BTF_MISMATCH=y\n', false],
    ['CONFIG_DEBUG_INFO_BTF=y\n', false],
    [undefined, false],
  ])('knows who judges the type information of modules: %j', (config, expected) => {
    expect(judgesBtf(config)).toBe(expected);
  });
});
