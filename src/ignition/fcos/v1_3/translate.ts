export { translate } from '../v1_2/translate.ts';
