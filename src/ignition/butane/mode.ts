/**
 * True for a mode that looks as if it was meant in octal and written without the leading zero:
 * nobody wants it as it is, and read in octal it is an ordinary one.
 */
export function looksDecimal(mode: number, directory: boolean): boolean {
  const octal = /^[0-7]{1,4}$/.test(String(mode)) ? Number.parseInt(String(mode), 8) : undefined;
  return octal != null && !isOrdinary(mode, directory) && isOrdinary(octal, directory);
}

function isOrdinary(mode: number, directory: boolean): boolean {
  // Root reads what nobody may read.
  if (mode === 0) return true;
  const all = [mode & 7, (mode >> 3) & 7, (mode >> 6) & 7];
  if (!all.every((bits, index) => suits(bits, all.slice(0, index)))) return false;
  const any = all.reduce((sum, bits) => sum | bits, 0);
  if (!(any & 4)) return false;
  return directory ? isOrdinaryDirectory(mode, any) : isOrdinaryFile(mode, any);
}

/** Who is closer may do what others may, and reads what it may write or run. */
function suits(bits: number, others: readonly number[]): boolean {
  const before = others.reduce((sum, one) => sum | one, 0);
  if (before & ~bits) return false;
  if (bits & 1 && before & 4 && !(before & 1)) return false;
  return !(bits & 3) || (bits & 4) !== 0;
}

function isOrdinaryDirectory(mode: number, any: number): boolean {
  if (!(any & 1) || mode & 0o4000) return false;
  return !(mode & 0o3000) || (any & 2) !== 0;
}

function isOrdinaryFile(mode: number, any: number): boolean {
  if (mode & 0o1000) return false;
  return !(mode & 0o6000) || ((any & 1) !== 0 && !(mode & 2));
}
