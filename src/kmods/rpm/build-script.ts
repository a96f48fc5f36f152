import { EXPERIMENTAL } from '../../source/module-source.ts';
import { LockstepError } from '../../system/error.ts';
import { askDkmsRpmScript, dkmsRpmScript } from './dkms-script.ts';
import { openzfsRpmScript } from './openzfs-script.ts';
import type { RpmTarget } from './prelude.ts';
import { specRpmScript } from './spec-script.ts';

/** A module to be packed as RPM. */
export interface RpmModule {
  name: string;
  kind: 'openzfs' | 'dkms' | 'spec';
  /** Exact version of the release or the package. */
  version: string;
  /** Files under `/src`. */
  files: readonly { name: string }[];
  options: readonly string[];
  /** Of a spec: the name of its file, in the first of the files. */
  specFile?: string;
}

const TARBALL = /\.(?:tar\.(?:gz|xz|bz2|zst)|tgz)$/;
const CARRIER = /\.(?:deb|rpm|tar(?:\.(?:gz|xz|bz2|zst))?|tgz)$/;

/**
 * The shell script that builds a module in a builder of the Fedora family and leaves RPMs and what
 * was mended in them in `/out/packages`.
 */
export function rpmBuildScript(module: RpmModule, target: RpmTarget): string {
  const { name, version } = module;
  const experimental = module.options.includes(EXPERIMENTAL);
  if (module.kind === 'openzfs') {
    return openzfsRpmScript({ file: fileOf(module, TARBALL), version, experimental }, target);
  }
  if (module.kind === 'spec') {
    const [{ name: file } = { name: '' }, ...others] = module.files;
    const elsewhere = others.map((one) => one.name);
    return specRpmScript({ name, file, spec: module.specFile ?? '', elsewhere }, target);
  }
  return dkmsRpmScript({ name, version, file: fileOf(module, CARRIER), experimental }, target);
}

/** The script that asks the dkms.conf of a module whether it excludes the kernel, before any build. */
export function rpmAskScript(module: RpmModule, target: RpmTarget): string | undefined {
  if (module.kind !== 'dkms') return undefined;
  const { name, version } = module;
  const experimental = module.options.includes(EXPERIMENTAL);
  return askDkmsRpmScript({ name, version, file: fileOf(module, CARRIER), experimental }, target);
}

function fileOf({ name, files }: RpmModule, kind: RegExp): string {
  const file = files.find((one) => kind.test(one.name));
  if (file && /^[\w.+~:-]+$/.test(file.name)) return file.name;
  const found = files.map((one) => one.name).join(', ') || 'none';
  throw new LockstepError('invalid-content', `no file to build ${name} from among: ${found}`);
}
