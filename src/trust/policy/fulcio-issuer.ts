import { ASN1Obj } from '@sigstore/core';
import type { Certificate } from './certificate.ts';
import { isDer } from './der.ts';

/** Where Fulcio writes who vouched for the subject: as it is, and newer as a text of ASN.1. */
const [ISSUER, ISSUER_TEXT] = ['1.3.6.1.4.1.57264.1.1', '1.3.6.1.4.1.57264.1.8'];
const UTF8_STRING = 0x0c;

/** Why the certificate is not one that Fulcio made on the word of this issuer. */
export function problemWithIssuer({ extensions }: Certificate, wanted: string): string | undefined {
  const plain = extensions.get(ISSUER)?.value.toString('utf8');
  const encoded = extensions.get(ISSUER_TEXT)?.value;
  const text = encoded && textOf(encoded);
  if (encoded && text == null) return 'the issuer in its certificate cannot be read';
  if (plain != null && text != null && plain !== text) return 'its certificate names two issuers';
  const issuer = plain ?? text;
  if (issuer == null) return 'its certificate names no issuer';
  return issuer === wanted ? undefined : `its certificate is on the word of ${issuer}`;
}

function textOf(der: Buffer): string | undefined {
  if (!isDer(der)) return undefined;
  const value = ASN1Obj.parseBuffer(Buffer.from(der));
  return value.tag.toDER() === UTF8_STRING ? value.value.toString('utf8') : undefined;
}
