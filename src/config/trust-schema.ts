import * as z from 'zod/mini';
import { described, Place, RelativePath, textLike } from './words.ts';

const ImageName = textLike(
  /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)+$/,
  'must be HOST/NAME without a tag',
);

const PublicKeys = z.union([Place, z.array(Place).check(z.minLength(1))]);

const IdentityName = z.string().check(z.minLength(1));

const TrustedIdentity = z.lazy(() =>
  z.strictObject({
    identity: IdentityName.check(z.describe('Whom the certificate of a keyless signature names')),
    issuer: described(z.url(), 'Who vouches for that identity'),
    root: Place.check(z.describe('trusted_root.json: authorities and logs that count')),
  }),
);

const TrustedBase = z.union([
  z.strictObject({ key: PublicKeys.check(z.describe('Public key, or a list of them')) }),
  TrustedIdentity,
]);

const TrustedSigner = z.union([Place, TrustedIdentity]);
const TrustedSigners = z.union([TrustedSigner, z.array(TrustedSigner).check(z.minLength(1))]);
/** Whose signatures count: places of public keys, and identities. */
export type TrustedSigners = z.infer<typeof TrustedSigners>;

const Service = z.url({ protocol: /^https?$/ });

const Keyless = z.lazy(() =>
  z.strictObject({
    token: described(
      z.optional(Place),
      'Identity token: env:NAME or a file (default: that of the job)',
    ),
    issuer: described(z.optional(z.url()), 'Who has to have issued the token; another is refused'),
    identity: described(
      z.optional(z.union([IdentityName, z.array(IdentityName).check(z.minLength(1))])),
      'Whom the certificate has to name, or a list with whom it named before; another is refused',
    ),
    fulcio: described(z.optional(Service), 'Service that certifies (default: that of sigstore)'),
    rekor: described(z.optional(Service), 'Log of signatures (default: that of sigstore)'),
    tsa: described(z.optional(Service), 'Service that tells the time (default: the log does)'),
    root: described(
      z.optional(RelativePath),
      'trusted_root.json, to tell what is signed keyless already (default: it is signed again)',
    ),
  }),
);
type Keyless = z.infer<typeof Keyless>;

/** `trust`: what promotion signs, so that hosts accept it (docs/trust.md). */
export const Trust = z.lazy(() =>
  z.strictObject({
    key: described(
      z.optional(Place),
      'Key file of cosign that signs what is promoted: env:NAME or a file (default: keyless alone signs)',
    ),
    password: described(z.optional(Place), 'What opens it (default: env:COSIGN_PASSWORD)'),
    public: described(
      z.optional(PublicKeys),
      'Public key, or a list of them, by which what is signed is known again (default: that of key)',
    ),
    verdicts: described(
      z.optional(TrustedSigners),
      'Whose verdicts count: public keys, identities of keyless signatures (default: who signs)',
    ),
    base: described(
      z.optional(TrustedBase),
      'Who must have signed the base image: a key, or the identity of a keyless signature',
    ),
    keyless: described(
      z.optional(z.union([z.literal(true), Keyless])),
      'Sign as the job, beside the key or alone: true, or the services to ask',
    ),
    hosts: described(
      z.optional(z.union([z.literal(true), z.literal('enforce')])),
      'The image tells its hosts to accept only what a key of public has signed; enforce: and nothing by default',
    ),
    as: described(
      z.optional(z.array(ImageName).check(z.minLength(1))),
      'Names under which hosts pull the OS image beside its own: mirrors',
    ),
    tags: described(
      z.optional(z.boolean()),
      'Sign for each moving tag by its name too, for policies that compare tags',
    ),
  }),
);
export type Trust = z.infer<typeof Trust>;

interface Trusting {
  trust?: Trust | undefined;
  publish: { registry: string };
  base: { debian?: object | undefined };
}

type Say = (path: string[], message: string) => void;

/** What the parts of `trust` demand of each other and of the rest of a stream. */
export function checkTrust({ trust, publish, base }: Trusting, say: Say): void {
  if (!trust) return;
  checkSigners(trust, say);
  if (trust.base && base.debian)
    say(
      ['trust', 'base'],
      'is for bases that are images: packages of Debian are signed by its archive',
    );
  // Images of a folder have no name to pull by.
  if (trust.as == null && publish.registry.startsWith('oci:'))
    say(['trust'], 'needs as: [HOST/NAME], the name under which hosts pull: a folder has none');
}

function checkSigners(trust: Trust, say: Say): void {
  const { key, keyless, hosts } = trust;
  const { identity, issuer, root }: Keyless = typeof keyless === 'object' ? keyless : {};
  if (key == null && keyless == null) say(['trust'], 'needs key or keyless: who signs');
  if (key == null && keyless != null && root == null)
    say(
      ['trust', 'keyless'],
      'needs root where there is no key: a trusted_root.json, by which verdicts and records are known again',
    );
  if (key == null && trust.password != null) say(['trust', 'password'], 'opens a key: name it');
  if (identity != null && (issuer == null || root == null))
    say(['trust', 'keyless', 'identity'], 'needs issuer and root, by which it is verified');
  if (hosts && key == null) say(['trust', 'hosts'], HOSTS_NEED_KEY);
  else if (hosts && trust.public == null)
    say(['trust', 'hosts'], 'needs public: the keys that hosts are to know');
}

const HOSTS_NEED_KEY =
  'needs key: policies of hosts name keyless signers by e-mail addresses only, never the job of a CI';
