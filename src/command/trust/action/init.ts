import { resolve } from 'node:path';
import { signerName } from '../../../trust/bundle/signing.ts';
import { makeKeyPair } from '../../../trust/key/signer.ts';
import { type CommonOptions, contextOf, note, printJson } from '../../options/project.ts';
import { initText } from '../render/init.ts';
import { writeKeyPair } from './key-files.ts';
import { readKeyPassword } from './keys.ts';

interface InitOptions extends CommonOptions {
  name: string;
  password: string;
}

export async function init(options: InitOptions): Promise<void> {
  const context = contextOf(options);
  const password = await readKeyPassword(options.password, context);
  const { keyFile, publicKey } = await makeKeyPair(password);
  const files = { key: `${options.name}.key`, public: `${options.name}.pub` };
  await writeKeyPair(
    { path: resolve(context.cwd, files.key), text: keyFile },
    { path: resolve(context.cwd, files.public), text: publicKey.pem },
  );
  if (password === '') note(context, 'warning: the password is empty: who has the file can sign');
  const signer = signerName(publicKey);
  if (options.json) printJson(context, { ...files, signer });
  else context.stdout.write(initText({ ...files, signer }));
}
