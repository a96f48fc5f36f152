/** A kernel configuration: `y`, `m`, or the value; options that are not set are absent. */
export type KernelConfig = ReadonlyMap<string, string>;

/** Reads a `.config` (Documentation/kbuild/kconfig-language): `CONFIG_X=y`, strings without quotes. */
export function readKernelConfig(text: string): KernelConfig {
  const config = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(CONFIG_\w+)=(.*)$/.exec(line.trimEnd());
    if (match?.[1]) config.set(match[1], (match[2] ?? '').replace(/^"(.*)"$/, '$1'));
  }
  return config;
}
