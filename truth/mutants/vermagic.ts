import { withContent, withoutSection } from './elf.ts';
import { modinfoOf, valueOf, withLine, withModinfo, withoutKey, withValue } from './modinfo.ts';
import type { Variation } from './variation.ts';

function spelled(name: string, change: (vermagic: string) => string, of = 'plain'): Variation {
  return {
    name: `vermagic ${name}`,
    of,
    change: (module) => withValue(module, 'vermagic', change(valueOf(module, 'vermagic') ?? '')),
  };
}

const otherRelease = (vermagic: string) => vermagic.replace(/^\S+/, '9.9.9-other');
const wrong = 'vermagic=9.9.9-other SMP mod_unload wrong ';

export const VERMAGIC_VARIATIONS: readonly Variation[] = [
  spelled('of another release', otherRelease),
  spelled('of a similar release', (text) => text.replace(/^\S+/, '$&x')),
  spelled('without SMP', (text) => text.replace(' SMP', '')),
  spelled('with another preemption', (text) => text.replace(/ preempt(_rt)?/, ' preempt_other')),
  spelled('without preemption', (text) => text.replace(/ preempt(_rt)?/, '')),
  spelled('without mod_unload', (text) => text.replace(' mod_unload', '')),
  spelled('without modversions', (text) => text.replace(' modversions', '')),
  spelled('with modversions', (text) => `${text.replace(' modversions', '')}modversions `),
  spelled('with a word more', (text) => `${text}RANDSTRUCT_0 `),
  spelled('without its last space', (text) => text.trimEnd()),
  spelled('with a space more', (text) => `${text} `),
  spelled('with a space before', (text) => ` ${text}`),
  spelled('in another order', (text) => text.replace('SMP preempt', 'preempt SMP')),
  spelled('with the release alone', (text) => text.split(' ')[0] ?? ''),
  spelled('without the release', (text) => text.replace(/^\S+/, '')),
  spelled('empty', () => ''),
  spelled('in upper case', (text) => text.toUpperCase()),
  {
    name: 'vermagic of another release, no __versions',
    of: 'plain',
    needs: '__versions',
    change: (module) =>
      withValue(
        withoutSection(module, '__versions'),
        'vermagic',
        otherRelease(valueOf(module, 'vermagic') ?? ''),
      ),
  },
  { name: 'no vermagic', of: 'plain', change: (module) => withoutKey(module, 'vermagic') },
  {
    name: 'no vermagic, no __versions',
    of: 'plain',
    needs: '__versions',
    change: (module) => withoutSection(withoutKey(module, 'vermagic'), '__versions'),
  },
  {
    name: 'a wrong vermagic before the right one',
    of: 'plain',
    change: (module) => withLine(module, wrong, 'first'),
  },
  {
    name: 'a wrong vermagic after the right one',
    of: 'plain',
    change: (module) => withLine(module, wrong, 'last'),
  },
  {
    name: 'no .modinfo',
    of: 'plain',
    change: (module) => withoutSection(module, '.modinfo'),
  },
  { name: 'empty .modinfo', of: 'plain', change: (module) => withModinfo(module, []) },
  {
    name: '.modinfo of zero bytes only',
    of: 'plain',
    change: (module) => withContent(module, '.modinfo', Buffer.alloc(32)),
  },
  {
    name: '.modinfo without its last zero byte',
    of: 'plain',
    change: (module) => {
      // Of what comes after the last string nothing is known, so it is one that does not count.
      const text = [...modinfoOf(module), 'author=nobody'].join('\0');
      return withContent(module, '.modinfo', Buffer.from(text, 'latin1'));
    },
  },
  {
    name: '.modinfo with gaps of zero bytes',
    of: 'plain',
    change: (module) => {
      const text = `\0\0${modinfoOf(module).join('\0\0\0')}\0\0`;
      return withContent(module, '.modinfo', Buffer.from(text, 'latin1'));
    },
  },
];
