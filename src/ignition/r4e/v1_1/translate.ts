import { translator } from '../../butane/base.ts';

export const translate = translator({ mountUnits: { swap: true, remote: true } });
