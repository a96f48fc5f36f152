export { judgement } from '../v1_0/validate.ts';
