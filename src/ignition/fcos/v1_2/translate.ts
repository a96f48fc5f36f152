import { translator } from '../../butane/base.ts';

/** Mounts behind Tang are new. */
export const translate = translator({
  mountUnits: { swap: false, remote: true },
  coreos: { root: false },
});
