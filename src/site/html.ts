/** Text of a page that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const NAMED: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls that no document may hold, and those that turn the direction of text around. */
const UNPRINTED = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/**
 * A piece of a page. Whatever is put into it becomes text, in elements and in quoted attributes, but
 * for pieces, and lists of them.
 *
 * @example html`<p>${'1 < 2'}</p>`.text // '<p>1 &lt; 2</p>'
 */
export function html(
  parts: TemplateStringsArray,
  ...values: (string | Html | readonly Html[])[]
): Html {
  const texts = parts.map((part, at) => part + textOf(values[at] ?? ''));
  return new Html(texts.join(''));
}

function textOf(value: string | Html | readonly Html[]): string {
  if (value instanceof Html) return value.text;
  if (typeof value !== 'string') return value.map(({ text }) => text).join('');
  return value.replaceAll(UNPRINTED, '\ufffd').replaceAll(/[&<>"']/g, (one) => NAMED[one] ?? one);
}
