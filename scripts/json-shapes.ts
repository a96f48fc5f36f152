/** Reads the shapes of the documents that `--json` prints out of the types of the code. */
import { basename, dirname } from 'node:path';
import ts from 'typescript';
import { SCHEMA_VERSION } from '../src/command/context/print-json.ts';

/** The part of JSON Schema that types of TypeScript come to. */
export interface Shape {
  description?: string;
  type?: 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';
  enum?: (string | number | boolean)[];
  anyOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: Shape | false;
}

/** Where failures are printed. */
const FAILURE = 'report report error';

/** What is deeper than this is left open. */
const DEEPEST = 12;

/** The document of each command, by its name: `run`, `lock show`; found where `printJson` is called. */
export function documentShapes(files: readonly string[]): Record<string, Shape> {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const found: Record<string, Shape[]> = {};
  for (const file of files) {
    const source = program.getSourceFile(file);
    for (const { name, argument } of source ? printedIn(source) : []) {
      const command = commandOf(file, name);
      (found[command] ??= []).push(shapeOf(checker.getTypeAtLocation(argument), checker));
    }
  }
  const named = Object.entries(found).map(
    ([name, shapes]) => [name === FAILURE ? 'error' : name, oneOf(shapes.map(versioned))] as const,
  );
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The words of a command, from the function that prints and its file: `lock show`, `flist gc`. */
function commandOf(file: string, name: string): string {
  const own = basename(file, '.ts');
  const group = basename(dirname(dirname(file)));
  const words =
    name === camelCase(own) ? [own] : [own, name.replace(/[A-Z]/g, ' $&').toLowerCase()];
  return [
    ...(['stream', 'image'].includes(group) || own === 'report' ? [] : [group]),
    ...words,
  ].join(' ');
}

function camelCase(text: string): string {
  return text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What printJson adds to each document. */
function versioned(shape: Shape): Shape {
  if (shape.items) return { ...shape, items: versioned(shape.items) };
  const version: Shape = { enum: [SCHEMA_VERSION] };
  return {
    ...shape,
    properties: { schema_version: version, ...shape.properties },
    required: ['schema_version', ...(shape.required ?? [])],
  };
}

/** What the exported functions of a file print as JSON. */
function printedIn(source: ts.SourceFile): { name: string; argument: ts.Expression }[] {
  const found: { name: string; argument: ts.Expression }[] = [];
  for (const statement of source.statements) {
    if (!ts.isFunctionDeclaration(statement) || !statement.name) continue;
    const name = statement.name.text;
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit);
      if (!ts.isCallExpression(node) || node.expression.getText() !== 'printJson') return;
      const [, argument] = node.arguments;
      if (argument) found.push({ name, argument });
    };
    visit(statement);
  }
  return found;
}

function shapeOf(type: ts.Type, checker: ts.TypeChecker, depth = 0): Shape {
  if (depth > DEEPEST) return {};
  const inner = (one: ts.Type) => shapeOf(one, checker, depth + 1);
  if (type.isUnion()) return oneOf(type.types.filter(isWritten).map(inner));
  if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] };
  if (type.flags & ts.TypeFlags.BooleanLiteral)
    return { enum: [checker.typeToString(type) === 'true'] };
  if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
  if (type.flags & ts.TypeFlags.NumberLike) return { type: 'number' };
  if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    return { type: 'array', ...(element && { items: inner(element) }) };
  }
  if (type.symbol?.name === 'Date') return { type: 'string' };
  return type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)
    ? objectShape(type, checker, inner)
    : {};
}

function objectShape(
  type: ts.Type,
  checker: ts.TypeChecker,
  inner: (type: ts.Type) => Shape,
): Shape {
  const entries = checker.getPropertiesOfType(type).map((property) => {
    const value = checker.getTypeOfSymbol(property);
    const description = ts.displayPartsToString(property.getDocumentationComment(checker));
    const needed = !(property.flags & ts.SymbolFlags.Optional) && alwaysWritten(value);
    const shape = { ...inner(value), ...(description && { description: oneLine(description) }) };
    return { name: property.name, shape, needed };
  });
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(({ name, shape }) => [name, shape])),
    required: entries.filter(({ needed }) => needed).map(({ name }) => name),
    additionalProperties: index ? inner(index) : false,
  };
}

/** One shape for several; values of literals are listed together. */
function oneOf(shapes: readonly Shape[]): Shape {
  const values = shapes.flatMap((shape) => shape.enum ?? []);
  const rest = shapes.filter((shape) => !shape.enum);
  const isBoolean = values.includes(true) && values.includes(false);
  const listed = isBoolean ? values.filter((value) => typeof value !== 'boolean') : values;
  const choices: Shape[] = [
    ...(isBoolean ? [{ type: 'boolean' } as const] : []),
    ...(listed.length > 0 ? [{ enum: [...new Set(listed)].sort((a, b) => (a < b ? -1 : 1)) }] : []),
    ...rest,
  ];
  // The compiler lists members as it met them, which anything may change.
  const unique = [...new Map(choices.map((one) => [JSON.stringify(one), one]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
  return unique.length === 1 && unique[0] ? unique[0] : { anyOf: unique };
}

/** Values that JSON leaves out. */
function isWritten(type: ts.Type): boolean {
  return !(type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void));
}

function alwaysWritten(type: ts.Type): boolean {
  return type.isUnion() ? type.types.every(isWritten) : isWritten(type);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
