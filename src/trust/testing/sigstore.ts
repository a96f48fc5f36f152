import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock';
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs';
import { writePem } from '../key/pem.ts';
import type { Services } from '../keyless/services.ts';

/** Fulcio, Rekor and an authority for timestamps, on one port of this machine. */
export interface Sigstore extends AsyncDisposable {
  services: Required<Services>;
  /** What trusts them and nobody else, as `trusted_root.json`. */
  rootJson: string;
  /** PEM files that cosign 2 is told of by variables. */
  fulcioPem: string;
  rekorPem: string;
  ctlogPem: string;
  /** How many requests came, by path. */
  requests: Map<string, number>;
}

const curve = { namedCurve: 'prime256v1' } as const;
/** A little before everything that is signed. */
const start = () => new Date(Date.now() - 60_000);

/** Starts the services with keys of their own. */
export async function startSigstore(): Promise<Sigstore> {
  const ctlog = await initializeCTLog(generateKeyPairSync('ec', curve));
  const ca = await initializeCA(generateKeyPairSync('ec', curve), ctlog);
  const tlog = await initializeTLog('https://rekor.test', generateKeyPairSync('ec', curve));
  const tsa = await initializeTSA(generateKeyPairSync('ec', curve));
  // Of times with a fraction that ends in 0 it writes fewer digits than sigstore's reader takes.
  Object.assign(tsa, { getCurrentTime: () => new Date(Math.floor(Date.now() / 1000) * 1000) });
  const requests = new Map<string, number>();
  const handlers = [fulcioHandler(ca), olderFulcio(ca), rekorHandler(tlog), tsaHandler(tsa)];
  const server = createServer((request, response) => {
    const { url = '' } = request;
    const handler = handlers.find(({ path }) => path === url);
    requests.set(url, (requests.get(url) ?? 0) + 1);
    void text(request)
      .then((body) => handler?.fn(body, request.headers.authorization ?? ''))
      .then((answer) => {
        const type = { 'content-type': answer?.contentType ?? 'text/plain' };
        response.writeHead(answer?.statusCode ?? 404, type).end(answer?.response);
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const fulcioRoot = Buffer.from(ca.rootCertificate.buffer);
  return {
    services: { fulcio: url, rekor: url, tsa: url },
    rootJson: JSON.stringify(
      TrustedRoot.toJSON({
        mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
        certificateAuthorities: [authority([fulcioRoot])],
        timestampAuthorities: [
          authority([
            Buffer.from(tsa.intCertificate.buffer),
            Buffer.from(tsa.rootCertificate.buffer),
          ]),
        ],
        tlogs: [log(tlog.publicKey)],
        ctlogs: [log(ctlog.publicKey)],
      }),
    ),
    fulcioPem: writePem('CERTIFICATE', fulcioRoot),
    rekorPem: writePem('PUBLIC KEY', tlog.publicKey),
    ctlogPem: writePem('PUBLIC KEY', ctlog.publicKey),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** The first API of Fulcio, which cosign 2 speaks and the mock does not. */
function olderFulcio(ca: Awaited<ReturnType<typeof initializeCA>>) {
  const { fn } = fulcioHandler(ca);
  return {
    path: '/api/v1/signingCert',
    fn: async (body: string, authorization = '') => {
      const { publicKey } = JSON.parse(body) as { publicKey: { content: string } };
      const content = Buffer.from(publicKey.content, 'base64').toString();
      const credentials = { oidcIdentityToken: authorization.replace(/^Bearer /, '') };
      const answer = await fn(
        JSON.stringify({ credentials, publicKeyRequest: { publicKey: { content } } }),
      );
      const { signedCertificateEmbeddedSct } = JSON.parse(answer.response as string) as {
        signedCertificateEmbeddedSct: { chain: { certificates: string[] } };
      };
      const response = signedCertificateEmbeddedSct.chain.certificates.join('');
      return { ...answer, response, contentType: 'application/pem-certificate-chain' };
    },
  };
}

/** An identity token, which the services read and whose signature nobody looks at. */
export function aToken(claims: { sub: string; iss: string }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.ceil(Date.now() / 1000) + 600;
  const signature = Buffer.alloc(64, 1).toString('base64url');
  return `${part({ alg: 'ES256' })}.${part({ aud: 'sigstore', exp, ...claims })}.${signature}`;
}

function authority(certificates: Buffer[]) {
  return {
    subject: { commonName: 'sigstore', organization: 'sigstore.mock' },
    uri: 'https://sigstore.test',
    certChain: { certificates: certificates.map((rawBytes) => ({ rawBytes })) },
    validFor: { start: start() },
    operator: 'sigstore.mock',
  };
}

function log(publicKey: Buffer) {
  return {
    baseUrl: 'https://rekor.test',
    hashAlgorithm: HashAlgorithm.SHA2_256,
    publicKey: {
      rawBytes: publicKey,
      keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
      validFor: { start: start() },
    },
    logId: { keyId: createHash('sha256').update(publicKey).digest() },
    checkpointKeyId: undefined,
    operator: 'sigstore.mock',
  };
}
