/** What generated documents are made of: plain data, with remarks where a reader wants to know why. */
export type Data =
  | string
  | number
  | boolean
  | null
  | undefined
  | Noted
  | readonly Data[]
  | { readonly [key: string]: Data };

/** A value with a remark: behind a plain value, above anything else. */
export class Noted {
  readonly value: Data;
  readonly remark: string;

  constructor(value: Data, remark: string) {
    this.value = value;
    this.remark = remark;
  }
}

/** @example noted('write', 'candidates and their verdicts') // write # candidates and their verdicts */
export function noted(value: Data, remark: string): Noted {
  return new Noted(value, remark);
}
