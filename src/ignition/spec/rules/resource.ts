import type { Report } from '../../schema/rules.ts';
import type { HttpHeader, Proxy, Resource, Verification } from '../config.ts';
import { goUrl } from './go-url.ts';
import { optionalUrlProblem, type Scheme, urlProblem } from './url.ts';

export interface ResourceRules {
  schemes: readonly Scheme[];
  /** Functions that a hash may name. */
  hashes: readonly string[];
}

/** Rules of everything that is fetched. */
export function resourceRules({ schemes, hashes }: ResourceRules) {
  return {
    Resource(resource: Resource, report: Report): void {
      const { compression, verification, source, httpHeaders } = resource;
      if (compression && compression !== 'gzip')
        report.error(['compression'], 'the compression must be gzip, or empty for none');
      if (verification?.hash != null && source == null)
        report.error(['verification', 'hash'], 'a hash needs a source to be the hash of');
      report.error(['source'], optionalUrlProblem(source, schemes));
      if (httpHeaders?.length) report.error(['httpHeaders'], headersProblem(source));
    },
    ConfigReference({ source }: Resource, report: Report): void {
      report.error(['source'], optionalUrlProblem(source, schemes));
    },
    CaReference({ source }: Resource, report: Report): void {
      report.error(['source'], urlProblem(source ?? '', schemes));
    },
    TLS({ certificateAuthorities = [] }: { certificateAuthorities?: Resource[] }, report: Report) {
      for (const [index, { source }] of certificateAuthorities.entries())
        report.error(
          ['certificateAuthorities', index],
          source ? urlProblem(source, schemes) : 'a source is needed',
        );
    },
    IgnitionConfig({ merge = [] }: { merge?: Resource[] }, report: Report): void {
      for (const [index, { source }] of merge.entries())
        report.error(['merge', index], source ? urlProblem(source, schemes) : 'a source is needed');
    },
    HTTPHeader({ name, value }: HttpHeader, report: Report): void {
      if (!name) report.error(['name'], 'a header needs a name');
      if (value === '') report.error(['value'], 'a header that is empty cannot be sent');
    },
    Verification({ hash }: Verification, report: Report): void {
      if (hash != null) report.error(['hash'], hashProblem(hash, hashes));
    },
    Proxy({ httpProxy, httpsProxy }: Proxy, report: Report): void {
      proxy('httpProxy', httpProxy, report);
      proxy('httpsProxy', httpsProxy, report);
    },
  };
}

function headersProblem(source: string | undefined): string | undefined {
  const url = source ? goUrl(source) : undefined;
  if (!url) return 'headers need a source with a URL';
  return ['http', 'https'].includes(url.scheme)
    ? undefined
    : 'headers are for sources with http and https';
}

const HEX_DIGITS: Record<string, number> = { sha512: 128, sha256: 64 };

function hashProblem(hash: string, known: readonly string[]): string | undefined {
  const [, name = '', sum] = /^([^-]*)-([^]*)$/.exec(hash) ?? [];
  if (sum == null) return 'a hash is written as sha512-…';
  const digits = known.includes(name) ? HEX_DIGITS[name] : undefined;
  if (digits == null) return `the hash must be ${known.join(' or ')}`;
  const length = Buffer.byteLength(sum);
  return length === digits ? undefined : `a ${name} has ${digits} hex digits, not ${length}`;
}

function proxy(field: keyof Proxy, text: string | undefined, report: Report): void {
  if (text == null) return;
  const url = goUrl(text);
  if (!url) report.error([field], 'this is no URL');
  else if (!['http', 'https'].includes(url.scheme))
    report.error([field], 'a proxy is reached by http or https');
  else if (url.scheme === 'http' && field === 'httpsProxy')
    report.warn([field], 'what is fetched by https goes to this proxy unencrypted');
}
