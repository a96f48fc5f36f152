import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { loadGroup, type Part } from './parts.ts';

const EXAMPLES = `
Signatures as cosign 2, cosign 3, skopeo, podman and bootc read them. No other program is needed.

Examples:
  $ lockstep trust init
  $ lockstep trust sign registry.example.org/zfs:latest --key env:COSIGN_PRIVATE_KEY
  $ lockstep trust verify registry.example.org/zfs:latest --key cosign.pub
  $ lockstep trust simulate registry.example.org/zfs:latest`;

const PARTS: readonly Part[] = [
  {
    name: 'init',
    summary: 'make a key pair to sign with',
    load: async () => (await import('./trust/init.ts')).init,
  },
  {
    name: 'sign',
    summary: 'sign an image and every image that it lists',
    load: async () => (await import('./trust/sign.ts')).sign,
  },
  {
    name: 'verify',
    summary: 'tell whether an image is signed, and by whom',
    load: async () => (await import('./trust/verify.ts')).verify,
  },
  {
    name: 'attest',
    summary: 'attach a signed statement to an image',
    load: async () => (await import('./trust/attest.ts')).attest,
  },
  {
    name: 'simulate',
    summary: 'tell whether hosts would accept images, and why not',
    load: async () => (await import('./trust/simulate.ts')).simulate,
  },
  {
    name: 'policy',
    summary: 'write what hosts need to accept only what you have signed',
    load: async () => (await import('./trust/policy.ts')).policy,
  },
  {
    name: 'history',
    summary: 'tell how tags came to where they are, and what does not fit',
    load: async () => (await import('./trust/history.ts')).history,
  },
];

/** The command, as `loadGroup` takes `called`. */
export function load(called?: string): Promise<CommandUnknownOpts> {
  return loadGroup(
    {
      name: 'trust',
      summary: 'sign images, and tell what is signed by whom',
      description: 'Signs images and judges what they are signed with.',
      epilogue: EXAMPLES,
      parts: PARTS,
    },
    called,
  );
}
