export { judgement } from '../v1_7/validate.ts';
