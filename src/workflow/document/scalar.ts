/** What would begin something else, or mark a document (YAML 1.2.2, 5.3 and 9.1.4). */
const BEGINS = /^(?:[\s,[\]{}#&*!|>'"%@`]|[?-](?:\s|$)|---|\.\.\.)/;
/** What would end the scalar, or its key. */
const ENDS = /:\s|\s#|[\s:-]$/;
/** What the core schema (10.3.2) takes for something else than text. */
const MEANS_MORE =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/**
 * What YAML 1.1 took for booleans, numbers and dates (yaml.org/type), and some services still do. Keys
 * may be such: `on` is one of each workflow.
 */
const MEANT_MORE =
  /^(?:y|n|yes|no|on|off|=|<<|[-+]?0b[01_]+|[-+]?0o[0-7_]+|[-+]?\.|[-+]?[\d_.]*\d[\d_.]*(?:e[-+]?\d+)?|[-+]?0x[\da-f_]+|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?)$/i;
/** What is not printed on a line (5.1), or is a line's end to some readers. */
const HIDDEN =
  /[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|[\u2028\u2029]/u;
/** Of those, what JSON writes as it is. */
const UNESCAPED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** The text of a key. */
export function keyText(key: string): string {
  return writtenText(key, [BEGINS, ENDS, MEANS_MORE]);
}

/** A scalar on one line: plain where every reader takes it for itself, else in quotes; nothing for null. */
export function valueText(value: string | number | boolean | null | undefined): string {
  if (typeof value !== 'string') return String(value ?? '');
  return writtenText(value, [BEGINS, ENDS, MEANS_MORE, MEANT_MORE]);
}

function writtenText(text: string, special: readonly RegExp[]): string {
  if (HIDDEN.test(text)) return quoted(text);
  if (text !== '' && !special.some((one) => one.test(text))) return text;
  return text.includes('"') && !text.includes("'") ? `'${text}'` : quoted(text);
}

/** Text in double quotes, whose escapes are those of JSON. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    UNESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
