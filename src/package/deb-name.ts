/**
 * A name of modules as part of a Debian package's name, which holds no capitals and no `_`
 * (Debian policy, 5.6.1). `_` becomes `-`, as modprobe takes them for one; a `+` stands wherever
 * capitals begin or end, and at the end for a name that begins with one. Names that are not the
 * same to modprobe stay apart, so they must hold no `+` themselves.
 */
export function debNameOf(name: string): string {
  const letters = name.replaceAll('_', '-').split('');
  let isUpper = /^[A-Z]/.test(name);
  const end = isUpper ? '+' : '';
  const marked = letters.map((letter) => {
    if (!/[A-Za-z]/.test(letter) || /[A-Z]/.test(letter) === isUpper) return letter;
    isUpper = !isUpper;
    return `+${letter}`;
  });
  return marked.join('').toLowerCase() + end;
}
