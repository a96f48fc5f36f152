import * as z from 'zod/mini';
import { described, Name, Place, RelativePath, textLike } from './words.ts';

const Keys = z.lazy(() =>
  z.strictObject({
    user: Secret('Name of the key'),
    password: Secret('Its secret'),
  }),
);

const Address = textLike(
  /^(?:dir:\/\/\/.+|s3s?:\/\/[^@/]+\/.+)$/,
  'must be dir:///FOLDER, s3://HOST:PORT/BUCKET or s3s://HOST:PORT/BUCKET, without keys',
);

const Shape = z.lazy(() =>
  z.strictObject({
    conf: described(z.optional(RelativePath), 'rfs.conf that tells store, keys and route'),
    store: described(
      z.optional(Address),
      'Where blocks go: dir:///FOLDER, s3://HOST:PORT/BUCKET[/PREFIX][?region=REGION], s3s:// with TLS',
    ),
    write: described(z.optional(Keys), 'Key that writes to the store'),
    route: described(
      z.optional(
        textLike(
          /^(?:dir:\/\/\/.+|(?:s3s?|https?):\/\/[^@/]+\/.+)$/,
          'must be the address of a store, without keys',
        ),
      ),
      'Where machines read the blocks (default: the store)',
    ),
    read: described(z.optional(Keys), 'Key that machines read with; it stands in the flist'),
    repository: described(
      z.optional(Name),
      'Repository of the flists (default: that of the image, then -flists)',
    ),
    firmware: described(
      z.optional(z.union([z.literal(false), RelativePath])),
      'Folder of the project with firmware (default: that of the image); false: none',
    ),
    firmware_tag: described(
      z.optional(textLike(/^[A-Za-z0-9][\w.-]*$/, 'must be letters, digits and . _ -')),
      'Names firmware-TAG.fl (default: the day)',
    ),
    manifests: described(
      z.optional(RelativePath),
      'Folder of the store where the manifests are put for machines to fetch',
    ),
    sign: z.optional(Secret('Private Ed25519 key that signs the manifests, PEM')),
  }),
);

/** `flists`: modules and firmware packed for machines that mount them at boot (docs/flist.md). */
export const Flists = Shape.check(
  z.superRefine(({ conf, store, write, route, read }, issues) => {
    const say = (path: string, message: string) =>
      issues.addIssue({ code: 'custom', path: [path], message });
    if ((conf == null) === (store == null)) say('store', 'is needed, or conf: one of the two');
    if (conf != null && (write ?? route ?? read))
      say('conf', 'tells keys and route too: leave out write, route and read');
    if (store != null && !store.startsWith('dir:') && !write)
      say('write', 'is needed for a bucket');
    if (read && write && read.user === write.user)
      say('read', 'must be another key than the one that writes');
  }),
);
export type Flists = z.infer<typeof Flists>;

function Secret(what: string) {
  return Place.check(z.describe(`${what}: env:NAME or a file`));
}
