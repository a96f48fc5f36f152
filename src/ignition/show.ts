import type { IgnitionDocument } from './build.ts';
import { bytesOfResource } from './contents.ts';
import type {
  Disk,
  File,
  Filesystem,
  IgnitionConfig,
  Luks,
  Owner,
  PasswdUser,
  Resource,
  Unit,
} from './spec/config.ts';

/** A line of a tree, and what stands below it. */
export interface Branch {
  text: string;
  below?: Branch[];
}

/** What a document does to a machine, in the order in which its first boot does it. */
export function showDocument({ value, version }: IgnitionDocument): Branch[] {
  const { ignition, kernelArguments, passwd, storage, systemd } = value as IgnitionConfig;
  const groups: Branch[] = [
    group('documents', [
      ...(ignition?.config?.merge ?? []).map((one) => ({ text: `merge ${sourceText(one)}` })),
      ...(ignition?.config?.replace?.source
        ? [{ text: `replaced by ${sourceText(ignition.config.replace)}` }]
        : []),
    ]),
    group('kernel arguments', [
      ...(kernelArguments?.shouldExist ?? []).map((text) => ({ text: `+ ${text}` })),
      ...(kernelArguments?.shouldNotExist ?? []).map((text) => ({ text: `- ${text}` })),
    ]),
    group('disks', (storage?.disks ?? []).map(disk)),
    group(
      'arrays',
      (storage?.raid ?? []).map(({ name = '', level = '', devices = [] }) => ({
        text: `${name}: ${level} of ${devices.join(', ')}`,
      })),
    ),
    group('encrypted volumes', (storage?.luks ?? []).map(luks)),
    group('filesystems', (storage?.filesystems ?? []).map(filesystem)),
    group(
      'groups',
      (passwd?.groups ?? []).map(({ name = '', gid }) => ({ text: withId(name, gid) })),
    ),
    group('users', (passwd?.users ?? []).map(user)),
    group(
      'directories',
      (storage?.directories ?? []).map((one) => ({ text: nodeText(one) })),
    ),
    group('files', (storage?.files ?? []).map(file)),
    group(
      'links',
      (storage?.links ?? []).map(({ path = '', target = '', hard }) => ({
        text: `${path} ${hard ? '=' : '->'} ${target}`,
      })),
    ),
    group('units', (systemd?.units ?? []).map(unit)),
  ];
  return [
    { text: `Ignition ${version.version}`, below: groups.filter(({ below }) => below?.length) },
  ];
}

function group(text: string, below: Branch[]): Branch {
  return { text, below };
}

function withId(name: string, id: number | undefined): string {
  return id == null ? name : `${name} (${id})`;
}

function disk({ device = '', wipeTable, partitions = [] }: Disk): Branch {
  return {
    text: `${device}${wipeTable ? ', its table wiped' : ''}`,
    below: partitions.map(({ number, label, sizeMiB, shouldExist }) => ({
      text: [
        number ? `${number}` : 'next',
        label ?? '',
        sizeMiB ? `${sizeMiB} MiB` : 'what is left',
        shouldExist === false ? 'removed' : '',
      ]
        .filter(Boolean)
        .join(' '),
    })),
  };
}

function luks({ name = '', device = '', clevis, cex, keyFile }: Luks): Branch {
  const by = [
    clevis?.tpm2 ? 'TPM 2' : '',
    ...(clevis?.tang ?? []).map(({ url = '' }) => `Tang ${url}`),
    clevis?.custom?.pin ?? '',
    cex?.enabled ? 'cex' : '',
    keyFile?.source ? 'a key file' : '',
  ].filter(Boolean);
  return { text: `${name} on ${device}, unlocked by ${by.join(', ') || 'a key that is made'}` };
}

function filesystem({ device = '', format = '', path, label, wipeFilesystem }: Filesystem): Branch {
  const more = [
    label ? `label ${label}` : '',
    path ? `at ${path}` : '',
    wipeFilesystem ? 'wiped' : '',
  ];
  return { text: [`${device}: ${format}`, ...more.filter(Boolean)].join(', ') };
}

function user({
  name = '',
  uid,
  groups = [],
  sshAuthorizedKeys = [],
  passwordHash,
  shell,
}: PasswdUser): Branch {
  const below = [
    ...(groups.length > 0 ? [{ text: `in ${groups.join(', ')}` }] : []),
    ...(shell ? [{ text: `shell ${shell}` }] : []),
    ...(passwordHash ? [{ text: 'with a password' }] : []),
    ...sshAuthorizedKeys.map((key) => ({ text: `key ${keyText(key)}` })),
  ];
  return { text: withId(name, uid), below };
}

/** Kind and comment of a public key. */
function keyText(key: string): string {
  const [kind = '', , ...comment] = key.trim().split(/\s+/);
  return [kind, ...comment].join(' ');
}

function nodeText({ path = '', mode, user: owner, group: of }: File): string {
  const whose = [owner, of].map((one: Owner | undefined) => one?.name ?? one?.id ?? '');
  const owners = whose.some((one) => one !== '') ? ` ${whose.join(':')}` : '';
  return `${mode == null ? '' : `0${mode.toString(8)} `}${path}${owners}`;
}

function file(one: File): Branch {
  const { contents, append = [] } = one;
  const parts = [
    ...(contents?.source == null ? [] : [sourceText(contents)]),
    ...append.map((resource) => `and ${sourceText(resource)}`),
  ];
  return { text: [nodeText(one), ...parts].join(', ') };
}

function unit({ name = '', enabled, mask, contents, dropins = [] }: Unit): Branch {
  const state = [
    enabled === true ? 'enabled' : enabled === false ? 'disabled' : '',
    mask ? 'masked' : '',
    contents ? 'written' : '',
  ].filter(Boolean);
  const below = dropins.map((dropin) => ({ text: `drop-in ${dropin.name ?? ''}` }));
  return { text: [name, ...state].join(', '), below };
}

function sourceText(resource: Resource): string {
  const bytes = bytesOfResource(resource);
  const { source = '', verification } = resource;
  if (bytes == null && source.startsWith('data:')) return 'contents that cannot be unpacked';
  if (bytes == null) return `from ${source.slice(0, 200)}${verification?.hash ? ', by hash' : ''}`;
  return `${bytes.length} bytes`;
}

/** The lines of a tree. */
export function treeLines(branches: readonly Branch[], indent = ''): string[] {
  return branches.flatMap(({ text, below = [] }) => [
    `${indent}${text}`,
    ...treeLines(below, `${indent}  `),
  ]);
}
