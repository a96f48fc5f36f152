export { translate } from '../v1_5/translate.ts';
