import { translator } from '../../butane/base.ts';

export const translate = translator({
  mountUnits: { swap: false, remote: false },
  coreos: { root: false },
});
