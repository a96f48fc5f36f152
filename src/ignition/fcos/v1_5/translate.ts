import { translator } from '../../butane/base.ts';

/** The room of the root is looked at. */
export const translate = translator({
  mountUnits: { swap: true, remote: true },
  coreos: { root: true },
});
