/** What would begin something else, or mark a document (YAML 1.2.2, 5.3 and 9.1.4). */
const BEGINS = /^(?:[\s,[\]{}#&*!|>'"%@`]|[?-](?:\s|$)|---|\.\.\.)/;
/** What would end the scalar, or its key. */
const ENDS = /:\s|\s#|[\s:-]$/;
/** What the core schema (10.3.2) takes for something else than text. */
const MEANS_MORE =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** What is not printed on a line (5.1), or is a line's end to some readers. */
const HIDDEN =
  /[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|[\u2028\u2029]/u;
/** Of those, what JSON writes as it is. */
const UNESCAPED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A scalar on one line: plain where that means the same, else in quotes; nothing for null. */
export function scalarText(value: string | number | boolean | null | undefined): string {
  if (typeof value !== 'string') return String(value ?? '');
  if (HIDDEN.test(value)) return quoted(value);
  const isPlain = value !== '' && ![BEGINS, ENDS, MEANS_MORE].some((one) => one.test(value));
  if (isPlain) return value;
  return value.includes('"') && !value.includes("'") ? `'${value}'` : quoted(value);
}

/** Text in double quotes, whose escapes are those of JSON. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    UNESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
