import type { Stream } from '../../config/schema.ts';
import { packageSet } from '../../stream/debian/apt/package-set.ts';
import { digestOf } from '../../system/digest.ts';
import { rpmSet } from '../family/rpm/choose.ts';
import {
  type DebianInputs,
  type Inputs,
  InputsV1,
  type RpmBuilder,
  type RpmInputs,
} from '../inputs/inputs.ts';

type DebPackage = DebianInputs['base']['packages']['packages'][number];
type RpmPackage = RpmInputs['image']['packages']['packages'][number];

/** A Debian package; its content follows from its name and version. */
export function aDeb(name: string, version = '1.0-1'): DebPackage {
  return {
    name,
    version,
    architecture: 'amd64',
    sha256: digestOf(`${name} ${version}`).slice(7),
    size: 1000,
    filename: `pool/main/${name}_${version}.deb`,
    archive: 'debian',
    source: name,
    sourceVersion: version,
  };
}

/** An RPM package; its content follows from its name and version. */
export function anRpm(name: string, version = '1.0-1.fc44'): RpmPackage {
  const sha256 = digestOf(`${name} ${version}`).slice(7);
  return { name, version, architecture: 'x86_64', sha256, size: 1000, source: name };
}

const common = {
  schema_version: 1 as const,
  stream: 'debian-acpi',
  config: digestOf('config'),
  tools: { node: '24.0.0', buildah: '1.28.2' },
};

function keysFor(kernels: readonly string[]): Inputs['keys'] {
  const kmods = kernels.map((kernel) => [kernel, digestOf(`kmods for ${kernel}`)] as const);
  return { kmods: Object.fromEntries(kmods), image: digestOf('image') };
}

const module = {
  name: 'acpi-call',
  kind: 'dkms' as const,
  package: 'acpi-call-dkms',
  version: '1.2.2-2',
  range: {},
  options: [],
  files: [
    {
      name: 'acpi-call-dkms_1.2.2-2_all.deb',
      sha256: digestOf('acpi-call').slice(7),
      size: 2000,
      filename: 'pool/main/a/acpi-call/acpi-call-dkms_1.2.2-2_all.deb',
      archive: 'debian' as const,
    },
  ],
};

/** Inputs of a Debian stream with these packages; whatever is given takes the place of a default. */
export function aDebianInputs(
  change: Partial<DebianInputs> & {
    packages?: Partial<Record<'base' | 'builder' | 'image', DebPackage[]>>;
  } = {},
): DebianInputs {
  const { packages = {}, ...rest } = change;
  const set = (name: 'base' | 'builder' | 'image') => packageSet(packages[name] ?? [aDeb(name)]);
  return InputsV1.parse({
    ...common,
    keys: keysFor(rest.base?.kernels ?? ['6.1.0-50-cloud-amd64']),
    family: 'debian',
    modules: [module],
    base: {
      osVersion: '12',
      architecture: 'amd64',
      kernels: ['6.1.0-50-cloud-amd64'],
      kernelRelease: '6.1.0-50-cloud-amd64',
      suite: 'bookworm',
      codename: 'bookworm',
      kernelPackage: { name: 'linux-image-6.1.0-50-cloud-amd64', version: '6.1.176-1' },
      packages: set('base'),
    },
    builder: { packages: set('builder'), compiler: 'gcc-12 12.2.0-14' },
    image: { packages: set('image'), overlay: null },
    ...rest,
  }) as DebianInputs;
}

/** Inputs that something is built from. */
export type BuiltInputs = RpmInputs & { builder: RpmBuilder };

/** Inputs of a stream on an image of the Fedora family. */
export function anRpmInputs(
  change: Partial<RpmInputs> & {
    packages?: Partial<Record<'builder' | 'image', RpmPackage[]>>;
  } = {},
): BuiltInputs {
  const { packages = {}, ...rest } = change;
  const kernelRelease = '6.18.9-200.fc44.x86_64';
  return InputsV1.parse({
    ...common,
    keys: keysFor(rest.base?.kernels ?? [kernelRelease]),
    stream: 'kinoite-zfs',
    family: 'rpm',
    modules: [
      {
        name: 'zfs',
        kind: 'openzfs',
        package: 'zfs',
        version: '2.4.3',
        upstreamVersion: '2.4.3',
        range: { min: '4.18', max: '6.18' },
        options: [],
        files: [
          {
            name: 'zfs-2.4.3.tar.gz',
            sha256: digestOf('zfs-2.4.3').slice(7),
            size: 35_000_000,
            url: 'https://github.com/openzfs/zfs/releases/download/zfs-2.4.3/zfs-2.4.3.tar.gz',
          },
        ],
      },
    ],
    base: {
      osVersion: '44',
      architecture: 'amd64',
      kernelRelease,
      reference: 'registry.example/kinoite:44',
      digest: digestOf('base'),
      tag: '44.20261120.0',
      os: { id: 'fedora', version: '44' },
      version: '44.20261120.0',
      kernels: [kernelRelease],
      removed: [],
      installer: 'dnf5',
      compression: 'xz',
    },
    builder: {
      reference: 'registry.example/fedora:44',
      digest: digestOf('builder'),
      packages: rpmSet(packages.builder ?? [anRpm('gcc', '15.2.1-1.fc44')]),
      compiler: 'gcc 15.2.1-1.fc44',
    },
    image: { packages: rpmSet(packages.image ?? [anRpm('tailscale')]), overlay: null },
    ...rest,
  }) as BuiltInputs;
}

/** A stream that the Debian inputs could be of. */
export function aStream(change: Partial<Stream> = {}): Stream {
  return {
    name: 'debian-acpi',
    base: {
      debian: {
        suite: 'bookworm',
        kernel: 'linux-image-cloud-amd64',
        components: ['main'],
        packages: [],
      },
      kernels: 'refuse',
    },
    modules: [{ name: 'acpi-call', dkms: 'acpi-call-dkms', load: true, allow_experimental: false }],
    image: { packages: [], enable: [] },
    publish: {
      registry: 'oci:./store',
      image: 'debian-acpi',
      kmods: 'kmods-acpi',
      stable: ['latest', 'main-{os_version}'],
      compression: 'gzip',
    },
    gates: { boot: 'load' },
    ...change,
  };
}
