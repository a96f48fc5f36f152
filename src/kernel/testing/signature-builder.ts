import { type KeyObject, sign } from 'node:crypto';

const MARKER = '~Module signature appended~\n';
const OID = {
  signedData: '2a864886f70d010702',
  data: '2a864886f70d010701',
  sha256: '608648016503040201',
  rsa: '2a864886f70d010101',
  sha256WithRsa: '2a864886f70d01010b',
  commonName: '550403',
};

/** One DER element: tag, length, content. */
export function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? Buffer.from([body.length])
      : Buffer.from([0x82, body.length >> 8, body.length & 255]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

/** A name with nothing but a common name. */
export function aName(commonName: string): Buffer {
  const attribute = der(0x30, oid(OID.commonName), der(0x0c, Buffer.from(commonName)));
  return der(0x30, der(0x31, attribute));
}

export interface SignatureBuild {
  content: Uint8Array;
  key: KeyObject;
  /** Name and serial number of the certificate. */
  issuer?: Buffer;
  serial?: number;
  /** Signed attributes, which Linux refuses in modules. */
  attributes?: boolean;
}

/** A detached PKCS#7 signature as `scripts/sign-file` makes it. */
export function aSignature(build: SignatureBuild): Buffer {
  const algorithm = der(0x30, oid(OID.sha256), der(0x05));
  const identity = der(
    0x30,
    build.issuer ?? aName('test key'),
    der(0x02, Buffer.from([build.serial ?? 5])),
  );
  const signer = der(
    0x30,
    der(0x02, Buffer.from([1])),
    identity,
    algorithm,
    build.attributes ? der(0xa0, der(0x30, oid(OID.data))) : Buffer.alloc(0),
    der(0x30, oid(OID.rsa), der(0x05)),
    der(0x04, sign('sha256', build.content, build.key)),
  );
  const signed = der(
    0x30,
    der(0x02, Buffer.from([1])),
    der(0x31, algorithm),
    der(0x30, oid(OID.data)),
    der(0x31, signer),
  );
  return der(0x30, oid(OID.signedData), der(0xa0, signed));
}

/** A module with a signature behind it. */
export function withTrailer(
  content: Uint8Array,
  message: Uint8Array,
  change: { type?: number; size?: number; pad?: number } = {},
): Buffer {
  const trailer = Buffer.alloc(12);
  trailer[2] = change.type ?? 2;
  trailer[5] = change.pad ?? 0;
  trailer.writeUInt32BE(change.size ?? message.length, 8);
  return Buffer.concat([content, message, trailer, Buffer.from(MARKER)]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** A self-signed X.509 certificate for a key pair, DER. */
export function aCertificate(
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  build: { name?: string; serial?: number } = {},
): Buffer {
  const name = aName(build.name ?? 'test key');
  const algorithm = der(0x30, oid(OID.sha256WithRsa), der(0x05));
  const validity = der(
    0x30,
    der(0x17, Buffer.from('200101000000Z')),
    der(0x17, Buffer.from('490101000000Z')),
  );
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([build.serial ?? 5])),
    algorithm,
    name,
    validity,
    name,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, keys.privateKey)]);
  return der(0x30, body, algorithm, der(0x03, signature));
}
