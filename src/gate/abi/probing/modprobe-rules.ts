import {
  kernelArguments,
  type ModprobeCommand,
  type ModprobeConfig,
  matchesName,
} from '../../../kernel/kmod/modprobe-config.ts';
import { judgeOption, readParameters } from '../../../kernel/module/parameter.ts';
import type { Finding } from '../../../system/finding.ts';

/** A module from outside of the kernel, or one that such a module needs. */
export interface ProbedModule {
  name: string;
  /** The pairs of its `.modinfo`. */
  modinfo: readonly (readonly [string, string])[];
  /** The module from outside that needs it. */
  neededBy?: string;
}

/** What else decides whether a module is loaded. */
export interface ProbeTerms {
  /** Names that `modules-load.d` has loaded at boot. */
  loadedAtBoot: ReadonlySet<string>;
  /** True for the name of a module that is there. */
  has: (name: string) => boolean;
}

/** What a command means for a module. */
interface Said {
  rule: string;
  severity: Finding['severity'];
  about: string;
  command: ModprobeCommand;
  expected?: string | undefined;
  found?: string;
}

/** What `modprobe.d` and the kernel's command line do to modules that the kernel would take. */
export function checkModprobe(
  config: ModprobeConfig,
  modules: readonly ProbedModule[],
  terms: ProbeTerms,
): Finding[] {
  return modules.flatMap((module) =>
    [
      ...checkAlias(config, module),
      ...checkInstall(config, module),
      ...checkBlacklist(config, module, terms),
      ...checkOptions(config, module),
      ...checkSoftdeps(config, module, terms),
    ].map((said) => asFinding(said, module)),
  );
}

/** Aliases that fit a name decide what modprobe looks for in its place; not for what is needed. */
function checkAlias({ alias }: ModprobeConfig, { name, neededBy }: ProbedModule): Said[] {
  const found = neededBy ? [] : alias.filter((one) => matchesName(one.name, name));
  const [command] = found;
  if (!command || found.some(({ value }) => asName(value) === name)) return [];
  const about = `modprobe ${name} looks for ${command.value} in its place`;
  return [{ rule: 'modprobe-alias', severity: 'error', about, command }];
}

const NEVER = /^(?:(?:\/usr)?(?:\/bin\/)?(?:true|false)|:|exit\s+\d+)\s*(?:[;#].*)?$/;
const LOADER = /(?:^|\/)(?:modprobe|insmod)$/;

/** A command that runs in place of the kernel's taking the module; the first one counts. */
function checkInstall({ install }: ModprobeConfig, { name }: ProbedModule): Said[] {
  const command = install.find((one) => matchesName(one.name, name));
  if (!command) return [];
  const words = command.value.split(/[\s;&|]+/);
  const loads = words.some((word) => LOADER.test(word));
  if (loads && words.some((word) => asName(word).includes(name))) return [];
  const never = NEVER.test(command.value);
  const does = never ? `and never loads ${name}` : `in place of loading ${name}`;
  const about = `modprobe runs "${command.value}" ${does}`;
  return [{ rule: 'modprobe-install', severity: never ? 'error' : 'warning', about, command }];
}

function checkBlacklist(
  { blacklist, refused }: ModprobeConfig,
  { name, neededBy }: ProbedModule,
  { loadedAtBoot }: ProbeTerms,
): Said[] {
  const rule = 'modprobe-blacklist';
  const byKernel = refused.find((one) => one.name === name);
  if (byKernel) {
    const about = `module_blacklist= among the kernel's arguments: it does not load ${name}`;
    return [{ rule, severity: 'error', about, command: byKernel }];
  }
  const command = blacklist.find((one) => one.name === name);
  // What another module needs is loaded with it, whatever is listed here.
  if (!command || neededBy) return [];
  const isExpected = loadedAtBoot.has(name);
  const about = isExpected
    ? `${name} is in modules-load.d, and is not loaded at boot: it is blacklisted`
    : `${name} is blacklisted: only modprobe ${name} loads it, no device and no modules-load.d`;
  return [{ rule, severity: isExpected ? 'error' : 'warning', about, command }];
}

/** Options of all lines are added together; the kernel reads them from the first to the last. */
function checkOptions({ options }: ModprobeConfig, { name, modinfo }: ProbedModule): Said[] {
  const parameters = readParameters(modinfo);
  const words = options
    .filter((one) => one.name === name)
    .flatMap((command) => kernelArguments(command.value).map((option) => ({ command, option })));
  const end = words.findIndex(({ option }) => option === '--');
  return words.slice(0, end < 0 ? undefined : end).flatMap(({ command, option }): Said[] => {
    const verdict = judgeOption(option, parameters);
    const [parameter = ''] = option.replace(/^"/, '').split('=');
    const rule = 'modprobe-options';
    if (verdict === 'taken') return [];
    if (verdict === 'unknown') {
      const about = `${name} has no parameter ${parameter}: the kernel passes it over`;
      return [{ rule, severity: 'warning', about, command }];
    }
    const expected = parameters.get(parameter.replaceAll('-', '_'));
    const about = `${option} is invalid for parameter ${parameter}: the kernel does not load ${name}`;
    return [{ rule, severity: 'error', about, command, expected, found: option }];
  });
}

/** Modules that are to be loaded around another one, and are not there: modprobe goes on. */
function checkSoftdeps(
  { softdep }: ModprobeConfig,
  { name }: ProbedModule,
  { has }: ProbeTerms,
): Said[] {
  const command = softdep.find((one) => matchesName(one.name, name));
  if (!command) return [];
  const words = command.value.split(/\s+/).filter((word) => word !== '' && !word.endsWith(':'));
  const absent = words.filter((word) => !has(asName(word)));
  if (absent.length === 0) return [];
  const about = `softdep of ${name} names ${absent.join(', ')}, which is not there`;
  return [{ rule: 'modprobe-softdep', severity: 'info', about, command }];
}

function asFinding({ about, command, ...said }: Said, { neededBy }: ProbedModule): Finding {
  const { file, line } = command;
  const place = line == null ? file : `${file} line ${line}`;
  const { expected, ...rest } = said;
  return {
    ...rest,
    message: neededBy ? `${about} (${neededBy} needs it)` : about,
    where: { file, ...(line != null && { line }) },
    ...(expected != null && { expected }),
    ...(said.severity === 'error' && { hint: `change ${place}` }),
  };
}

function asName(text: string): string {
  return text.replaceAll('-', '_');
}
