import { describe, expect, it } from 'vitest';
import { askedToLoad, type BuiltSets, modulesToLoad } from './load.ts';

const SETS = { 'tp-smapi': ['hdaps', 'thinkpad_ec', 'tp_smapi'], digimend: ['hid_kye'] };
const BUILT: BuiltSets = new Map([['6.1', SETS]]);

describe(modulesToLoad, () => {
  it('loads the module that a source is called after, by the name that the kernel has', () => {
    expect(modulesToLoad([{ name: 'tp-smapi', load: true }], BUILT)).toEqual(['tp_smapi']);
    expect(modulesToLoad([{ name: 'tp-smapi', load: false }], BUILT)).toEqual([]);
  });

  it('loads nothing of a source that is called otherwise', () => {
    expect(modulesToLoad([{ name: 'digimend', load: true }], BUILT)).toEqual([]);
  });

  it('loads exactly the modules that are listed, however they are written', () => {
    const load = ['hdaps', 'tp-smapi'];

    expect(modulesToLoad([{ name: 'tp-smapi', load }], BUILT)).toEqual(['hdaps', 'tp_smapi']);
  });

  it('refuses a listed one that was not built, with the list of what was', () => {
    expect(() => modulesToLoad([{ name: 'tp-smapi', load: ['tp_smpai'] }], BUILT)).toThrow(
      /tp-smapi names tp_smpai.*Linux 6\.1; built were: hdaps, thinkpad_ec, tp_smapi$/,
    );
    expect(() => modulesToLoad([{ name: 'digimend', load: ['hdaps'] }], BUILT)).toThrow(
      'built were: hid_kye',
    );
  });

  it('wants a module for every kernel of the image', () => {
    const built: BuiltSets = new Map([...BUILT, ['6.2', { 'tp-smapi': ['hdaps'] }] as const]);

    expect(modulesToLoad([{ name: 'tp-smapi', load: true }], built)).toEqual([]);
    expect(() => modulesToLoad([{ name: 'tp-smapi', load: ['tp_smapi'] }], built)).toThrow('6.2');
  });

  it('goes by what is asked for where nothing is built yet', () => {
    const sources = [
      { name: 'zfs', load: true },
      { name: 'tp-smapi', load: ['hdaps'] },
    ];

    expect(modulesToLoad(sources, new Map())).toEqual(askedToLoad(sources));
    expect(askedToLoad(sources)).toEqual(['zfs', 'hdaps']);
  });
});
