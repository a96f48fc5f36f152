export { judgement } from '../v1_4/validate.ts';
