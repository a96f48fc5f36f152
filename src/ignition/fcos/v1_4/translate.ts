import { translator } from '../../butane/base.ts';

/** Swap is new. */
export const translate = translator({
  mountUnits: { swap: true, remote: true },
  coreos: { root: false },
});
