import { type Noted, noted } from '../document/data.ts';

/** Rights of the token of a job: each scope with what it is for. */
export type Rights = Readonly<Record<string, Noted>>;

const READ_CODE = { contents: noted('read', 'to check out the project') };

/** Of jobs that look only. */
export const readOnly: Rights = READ_CODE;

/** Of jobs that look into packages too, which may be private. */
export const readPackages: Rights = {
  ...READ_CODE,
  packages: noted('read', 'to see what the registry has'),
};

/** Of jobs that write to the registry; the remark says what. */
export function writePackages(what: string): Rights {
  return { ...READ_CODE, packages: noted('write', what) };
}

/** Of jobs that attest with the identity of the job. */
export const attesting: Rights = {
  'id-token': noted('write', 'the identity that attestations are signed with'),
  attestations: noted('write', 'to store them'),
};

/** Of jobs that sign as themselves. */
export const signing: Rights = {
  'id-token': noted('write', 'the identity that is signed with'),
};
