/** A path as the name of a unit: what systemd-escape --path makes of it. */
export function escapePath(path: string): string {
  const bare = path.replaceAll(/\/+/g, '/').replace(/^\//, '').replace(/\/$/, '');
  if (bare === '') return '-';
  const parts = [...Buffer.from(bare, 'utf8')].map((byte, index) => {
    const char = String.fromCharCode(byte);
    if (char === '/') return '-';
    const plain = /[A-Za-z0-9:_]/.test(char) || (char === '.' && index > 0);
    return plain ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return parts.join('');
}
