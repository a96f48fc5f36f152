import type { Report } from '../../schema/rules.ts';
import type { Clevis, ClevisCustom, Luks, Tang } from '../config.ts';
import { goUrl } from './go-url.ts';
import { pathProblem } from './path.ts';
import { optionalUrlProblem, type Scheme } from './url.ts';

/** The header of LUKS 2 has room for 48 bytes, the last of which is 0. */
const LABEL_LENGTH = 47;
const PINS = ['tpm2', 'tang', 'sss'];

export interface LuksRules {
  schemes: readonly Scheme[];
  /** In 3.2 a custom binding counts as soon as it is written, and asks for a network by itself. */
  customByPresence: boolean;
}

/** Rules of encrypted volumes. */
export function luksRules({ schemes, customByPresence }: LuksRules) {
  return {
    Luks(luks: Luks, report: Report): void {
      const { name = '', label = '', device, clevis = {}, keyFile, cex } = luks;
      if (name.includes('/')) report.error(['name'], 'the name of a mapping has no slash');
      if (Buffer.byteLength(label) > LABEL_LENGTH)
        report.error(['label'], `a label of LUKS has at most ${LABEL_LENGTH} bytes`);
      report.error(['device'], device ? pathProblem(device) : 'a device is needed');
      const custom = customByPresence ? clevis.custom : clevis.custom?.pin;
      if (custom && bindsItself(clevis))
        report.error(['clevis'], 'a custom binding stands alone, without tpm2, tang and threshold');
      if (optionalUrlProblem(keyFile?.source, schemes))
        report.error(['keys'], 'the key file cannot be fetched from its source');
      if (cex?.enabled && (clevis.custom?.pin || bindsItself(clevis)))
        report.error(['cex'], 'cex and clevis exclude each other');
      if (cex?.enabled && keyFile?.source)
        report.error(['cex'], 'cex and a key file exclude each other');
    },
    ClevisCustom(custom: ClevisCustom, report: Report): void {
      const { pin, config, needsNetwork } = custom;
      if (!pin && !config && (customByPresence || !needsNetwork)) return;
      if (!pin) report.error(['pin'], 'a custom binding needs a pin');
      else if (!PINS.includes(pin))
        report.error(['pin'], `the pin must be one of ${PINS.join(', ')}`);
      if (!config) report.error(['config'], 'a custom binding needs the configuration of its pin');
    },
    Tang({ url = '', thumbprint, advertisement }: Tang, report: Report): void {
      report.error(['url'], tangProblem(url));
      if (!thumbprint) report.error(['thumbprint'], 'a thumbprint is needed');
      if (advertisement && !isJson(advertisement))
        report.error(['advertisement'], 'the advertisement is no JSON');
    },
  };
}

function bindsItself({ tang, tpm2, threshold }: Clevis): boolean {
  return Boolean(tang?.length || tpm2 || threshold);
}

function tangProblem(text: string): string | undefined {
  const url = goUrl(text);
  if (!url) return 'this is no URL';
  return ['http', 'https'].includes(url.scheme) ? undefined : 'Tang is reached by http or https';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
