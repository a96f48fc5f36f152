import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { PlacedFinding } from './finding.ts';

/** A workflow or an action as it stands in a file, and where each part of it stands. */
export class WorkflowFile {
  readonly path: string;
  readonly text: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** What the reader of YAML says is wrong. */
  get errors(): { offset: number; message: string }[] {
    const broken = this.#document.errors.map(({ pos: [offset], message }) => ({ offset, message }));
    return [...broken, ...this.#aliasesOfNothing()];
  }

  #aliasesOfNothing(): { offset: number; message: string }[] {
    const wrong: { offset: number; message: string }[] = [];
    const anchors = new Set<string>();
    visit(this.#document, {
      Value: (_, { anchor }) => {
        if (anchor) anchors.add(anchor);
      },
      Alias: (_, { source, range }) => {
        if (anchors.has(source)) return;
        wrong.push({
          offset: range?.[0] ?? 0,
          message: `there is no &${source} before *${source}`,
        });
      },
    });
    return wrong;
  }

  /** The whole document. */
  get root(): Part {
    return new Part(this, this.#document.contents, 0);
  }

  /** What an alias stands for; anything else is itself. */
  resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** A finding at an offset of the text. */
  finding(offset: number, finding: Omit<PlacedFinding, 'where'>): PlacedFinding {
    const { line, col } = this.#lines.linePos(offset);
    const where = { file: this.path, line: Math.max(line, 1), column: Math.max(col, 1) };
    return { ...finding, where };
  }
}

/** A part of a file; one that is not there has no value and no parts, and stands where it should. */
export class Part {
  readonly file: WorkflowFile;
  readonly #node: unknown;
  /** Offset of the key it stands under, or of itself. */
  readonly offset: number;

  constructor(file: WorkflowFile, node: unknown, offset: number) {
    this.file = file;
    this.#node = file.resolved(node);
    this.offset = offset;
  }

  get isThere(): boolean {
    return this.#node != null;
  }

  /** The value of a plain part as text. */
  get text(): string | undefined {
    if (!isScalar(this.#node)) return undefined;
    const { value } = this.#node;
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }

  /** Where the value itself begins and ends in the file. */
  get range(): { from: number; to: number } {
    const [from = this.offset, to = from] = (this.#node as Node | null)?.range ?? [];
    return { from, to };
  }

  /** The part under a key, whether it is there or not. */
  get(key: string): Part {
    return (
      this.entries.find(([name]) => name === key)?.[1] ?? new Part(this.file, null, this.offset)
    );
  }

  has(key: string): boolean {
    return this.entries.some(([name]) => name === key);
  }

  /** Keys and parts of a map; the names in a list, or the one name, as keys without a value. */
  get entries(): [string, Part][] {
    if (isMap(this.#node)) {
      return this.#node.items.map(({ key, value }) => {
        const name = key as Scalar;
        return [String(name.value), new Part(this.file, value, name.range?.[0] ?? this.offset)];
      });
    }
    return [];
  }

  /** The parts of a list. */
  get items(): Part[] {
    if (!isSeq(this.#node)) return [];
    return this.#node.items.map(
      (item) => new Part(this.file, item, (item as Node).range?.[0] ?? 0),
    );
  }

  /** The names that a key gives, be it one, a list of them, or a map. */
  get names(): [string, Part][] {
    if (this.text != null) return [[this.text, this]];
    const listed = this.items.map((item): [string, Part] => [item.text ?? '', item]);
    return [...listed, ...this.entries];
  }

  finding(finding: Omit<PlacedFinding, 'where'>): PlacedFinding {
    return this.file.finding(this.offset, finding);
  }
}
