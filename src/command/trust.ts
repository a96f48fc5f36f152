import { Command } from '@commander-js/extra-typings';
import { attest } from './trust/attest.ts';
import { history } from './trust/history.ts';
import { init } from './trust/init.ts';
import { policy } from './trust/policy.ts';
import { sign } from './trust/sign.ts';
import { simulate } from './trust/simulate.ts';
import { verify } from './trust/verify.ts';

const EXAMPLES = `
Signatures as cosign 2, cosign 3, skopeo, podman and bootc read them. No other program is needed.

Examples:
  $ lockstep trust init
  $ lockstep trust sign registry.example.org/zfs:latest --key env:COSIGN_PRIVATE_KEY
  $ lockstep trust verify registry.example.org/zfs:latest --key cosign.pub
  $ lockstep trust simulate registry.example.org/zfs:latest`;

export const command = new Command('trust')
  .summary('sign images, and tell what is signed by whom')
  .description('Signs images and judges what they are signed with.')
  .addCommand(init)
  .addCommand(sign)
  .addCommand(verify)
  .addCommand(attest)
  .addCommand(simulate)
  .addCommand(policy)
  .addCommand(history)
  .addHelpText('after', EXAMPLES);
