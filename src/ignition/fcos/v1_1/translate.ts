export { translate } from '../v1_0/translate.ts';
