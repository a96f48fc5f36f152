import { styleText } from 'node:util';

/** How text is written to one stream: what its reader can take. */
export interface Style {
  /** Columns of the terminal; Infinity where none reads the stream. */
  width: number;
  colour: boolean;
  /** Whether the locale can show more than ASCII. */
  unicode: boolean;
}

/** Text for files and pipes, and for terminals of which nothing is known. */
export const PLAIN: Style = { width: Number.POSITIVE_INFINITY, colour: false, unicode: false };

interface Target {
  isTTY?: boolean;
  columns?: number;
}

/** Columns of a terminal that does not say how many it has. */
const USUAL_WIDTH = 80;

/**
 * The style for a stream. Colour is for terminals that have it, unless `NO_COLOR` is set;
 * `FORCE_COLOR` wins over both. Signs beyond ASCII need a locale with UTF-8 (`LC_ALL`, else
 * `LC_CTYPE`, else `LANG`: locale(7)).
 */
export function styleOf(stream: Target, env: NodeJS.ProcessEnv): Style {
  const isAsked = stream.isTTY === true || env.FORCE_COLOR !== undefined;
  return {
    width: stream.isTTY ? stream.columns || USUAL_WIDTH : Number.POSITIVE_INFINITY,
    colour: isAsked && colourDepth(env) > 1,
    unicode: /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
  };
}

/** Bits of colour that a terminal has; what asks it is loaded for terminals only. */
function colourDepth(env: NodeJS.ProcessEnv): number {
  const { WriteStream } = process.getBuiltinModule('node:tty');
  return WriteStream.prototype.getColorDepth(env);
}

/** Text in a colour, where the stream takes it. */
export function paint(
  { colour }: Pick<Style, 'colour'>,
  format: Parameters<typeof styleText>[0],
  text: string,
): string {
  return colour ? styleText(format, text, { validateStream: false }) : text;
}

const SIGNS = {
  arrow: ['→', '->'],
  cut: ['…', '...'],
  started: ['▸', '>'],
  done: ['✓', '+'],
  reused: ['=', '='],
  skipped: ['-', '-'],
  failed: ['✗', 'x'],
} as const;

/** A sign, or its stand-in of ASCII. */
export function sign({ unicode }: Pick<Style, 'unicode'>, name: keyof typeof SIGNS): string {
  return SIGNS[name][unicode ? 0 : 1];
}
