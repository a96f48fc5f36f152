import { z } from 'zod';
import { RelativePath } from './words.ts';

const Place = z
  .string()
  .regex(/^(?:env:[A-Za-z_]\w*|(?!\/).+)$/, 'must be env:NAME or a path inside the project');
const ImageName = z
  .string()
  .regex(
    /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)+$/,
    'must be HOST/NAME without a tag',
  );

const PublicKeys = z.union([Place, z.array(Place).min(1)]);

const TrustedBase = z.union([
  z.strictObject({ key: PublicKeys.describe('Public key, or a list of them') }),
  z.strictObject({
    identity: z.string().min(1).describe('Whom the certificate of a keyless signature names'),
    issuer: z.url().describe('Who vouches for that identity'),
    root: Place.describe('trusted_root.json: authorities and logs that count'),
  }),
]);

const Service = z.url({ protocol: /^https?$/ });

const Keyless = z.strictObject({
  token: Place.optional().describe('Identity token: env:NAME or a file (default: that of the job)'),
  issuer: z.url().optional().describe('Who has to have issued the token; another is refused'),
  fulcio: Service.optional().describe('Service that certifies (default: that of sigstore)'),
  rekor: Service.optional().describe('Log of signatures (default: that of sigstore)'),
  tsa: Service.optional().describe('Service that tells the time (default: the log does)'),
  root: RelativePath.optional().describe(
    'trusted_root.json, to tell what is signed keyless already (default: it is signed again)',
  ),
});

/** `trust`: what promotion signs, so that hosts accept it (docs/trust.md). */
export const Trust = z.strictObject({
  key: Place.describe('Key file of cosign that signs what is promoted: env:NAME or a file'),
  password: Place.optional().describe('What opens it (default: env:COSIGN_PASSWORD)'),
  public: PublicKeys.optional().describe(
    'Public key, or a list of them, by which what is signed is known again (default: that of key)',
  ),
  verdicts: PublicKeys.optional().describe(
    'Public key, or a list of them, whose verdicts count (default: public)',
  ),
  base: TrustedBase.optional().describe(
    'Who must have signed the base image: a key, or the identity of a keyless signature',
  ),
  keyless: z
    .union([z.literal(true), Keyless])
    .optional()
    .describe('Sign as the job too, beside the key: true, or the services to ask'),
  hosts: z
    .union([z.literal(true), z.literal('enforce')])
    .optional()
    .describe(
      'The image tells its hosts to accept only what a key of public has signed; enforce: and nothing by default',
    ),
  as: z
    .array(ImageName)
    .min(1)
    .optional()
    .describe('Names under which hosts pull the OS image beside its own: mirrors'),
  tags: z
    .boolean()
    .optional()
    .describe('Sign for each moving tag by its name too, for policies that compare tags'),
});
export type Trust = z.infer<typeof Trust>;

interface Trusting {
  trust?: Trust | undefined;
  publish: { registry: string };
  base: { debian?: object | undefined };
}

/** Images of a folder have no name to pull by; hosts that follow them must be told one. */
export function checkTrust(
  { trust, publish, base }: Trusting,
  say: (path: string[], message: string) => void,
): void {
  if (trust?.hosts && trust.public == null)
    say(['trust', 'hosts'], 'needs public: the keys that hosts are to know');
  if (trust?.base && base.debian)
    say(
      ['trust', 'base'],
      'is for bases that are images: packages of Debian are signed by its archive',
    );
  if (trust && trust.as == null && publish.registry.startsWith('oci:'))
    say(['trust'], 'needs as: [HOST/NAME], the name under which hosts pull: a folder has none');
}
