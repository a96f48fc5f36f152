import { type KernelModule, modinfoValue } from '../../../kernel/module/module.ts';
import { type ModuleFinding, note } from './rule.ts';

/** `depends=` against what the module really imports; modprobe goes by the latter. */
export function* checkDepends(
  module: KernelModule,
  uses: readonly string[],
): Generator<ModuleFinding> {
  const value = modinfoValue(module, 'depends');
  if (value == null) return;
  const said = value
    .split(',')
    .filter(Boolean)
    .map((name) => name.replaceAll('-', '_'));
  const missing = uses.filter((name) => !said.includes(name));
  const needless = said.filter((name) => !uses.includes(name));
  if (missing.length === 0 && needless.length === 0) return;
  yield note('depends', 'depends= does not name the modules whose symbols it uses', {
    expected: uses.join(',') || 'none',
    found: said.join(',') || 'none',
  });
}
