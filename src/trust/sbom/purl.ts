import type { OsRelease } from '../../stream/image/system.ts';
import type { InstalledPackage } from './contents.ts';

/** What a package is called by everybody (package-url: purl-spec, types `deb` and `rpm`). */
export function purlOf(
  { kind, name, version, architecture, source }: InstalledPackage,
  os: OsRelease | undefined,
): string {
  const [, epoch, rest = version] = /^(\d+):(.*)$/.exec(version) ?? [];
  // The epoch of an RPM is a qualifier, that of a deb a part of its version.
  const isRpm = kind === 'rpm';
  const qualifiers = {
    arch: architecture,
    distro: os && `${os.id}-${os.version}`,
    epoch: isRpm ? epoch : undefined,
    upstream: source?.replace(/ .*/, ''),
  };
  const said = Object.entries(qualifiers).flatMap(([key, value]) =>
    value ? [`${key}=${encode(value)}`] : [],
  );
  const namespace = os ? `${encode(os.id)}/` : '';
  return `pkg:${kind}/${namespace}${encode(name)}@${encode(isRpm ? rest : version)}?${said.join('&')}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}
