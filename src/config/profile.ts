import { Document, isNode } from 'yaml';
import { z } from 'zod';
import type { ProfileName } from './profile-names.ts';
import { ImageReference, Name, PackageName, Suite } from './words.ts';

/** One thing that a profile has to know. */
export interface Question {
  text: string;
  /** What is taken when nothing is answered. */
  usual: string;
  /** What an answer must be like, whatever the world says to it. */
  shape: z.ZodType<string>;
}

export type Answers = Readonly<Record<string, string>>;

/** What a first configuration is made from. */
interface Profile {
  summary: string;
  questions: Record<string, Question>;
  /** The part of the stream that is not the same in all profiles. */
  stream: (answers: Answers) => object;
  modules: (answers: Answers) => { name: string }[];
}

const CoreosStream = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be stable, testing or next');
const Registry = z
  .string()
  .regex(
    /^(?:oci:[^\s:]+|[a-zA-Z0-9][\w.-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)*)$/,
    'must be HOST/OWNER, or oci:DIR for a folder',
  );

const suite = { text: 'Debian suite to follow?', usual: 'bookworm', shape: Suite };
const kernel = { text: 'Kernel package?', usual: 'linux-image-cloud-amd64', shape: PackageName };
const builder = {
  text: 'Image to build modules in?',
  usual: 'quay.io/fedora/fedora:{os_version}',
  shape: ImageReference,
};
const base = (usual: string) => ({ text: 'Image to follow?', usual, shape: ImageReference });
const named = (usual: string) => ({
  registry: {
    text: 'Where to publish (HOST/OWNER, or oci:DIR for a folder)?',
    usual: 'oci:./store',
    shape: Registry,
  },
  image: { text: 'Name of the image?', usual, shape: Name },
});

const zfsOfFedora = {
  stream: (answers: Answers) => ({
    base: { image: answers.base },
    builder: { image: answers.builder },
    gates: { boot: 'zfs' },
  }),
  modules: () => [{ name: 'zfs', openzfs: 'latest-compatible' }],
};

const PROFILES: Record<ProfileName, Profile> = {
  debian: {
    summary: 'a Debian suite with OpenZFS of the same archive',
    questions: { suite, kernel, ...named('debian-zfs') },
    stream: ({ suite, kernel }) => ({
      base: { debian: { suite, kernel } },
      image: { packages: ['zfsutils-linux'], enable: ['zfs.target'] },
      gates: { boot: 'zfs' },
    }),
    modules: () => [{ name: 'zfs', debian: 'zfs-linux' }],
  },
  dkms: {
    summary: 'a Debian suite with the module of any DKMS package',
    questions: {
      suite,
      // The cloud kernels lack much of what such modules build on.
      kernel: { ...kernel, usual: 'linux-image-amd64' },
      package: { text: 'DKMS package?', usual: 'v4l2loopback-dkms', shape: PackageName },
      ...named('debian-dkms'),
    },
    stream: ({ suite, kernel }) => ({
      base: { debian: { suite, kernel } },
      gates: { boot: 'load' },
    }),
    modules: ({ package: name = '' }) => [{ name: name.replace(/-dkms$/, ''), dkms: name }],
  },
  kinoite: {
    summary: 'Kinoite of Universal Blue with OpenZFS',
    questions: {
      base: base('ghcr.io/ublue-os/kinoite-main:latest'),
      builder,
      ...named('kinoite-zfs'),
    },
    ...zfsOfFedora,
  },
  coreos: {
    summary: 'Fedora CoreOS with OpenZFS',
    questions: {
      coreos: { text: 'Stream of CoreOS?', usual: 'stable', shape: CoreosStream },
      builder,
      ...named('coreos-zfs'),
    },
    ...zfsOfFedora,
    stream: (answers) => ({ ...zfsOfFedora.stream(answers), base: { coreos: answers.coreos } }),
  },
  bootc: {
    summary: 'a bootc base image of Fedora with OpenZFS',
    questions: { base: base('quay.io/fedora/fedora-bootc:latest'), builder, ...named('bootc-zfs') },
    ...zfsOfFedora,
  },
};

/** What a profile is, and what it asks. */
export function profileOf(name: ProfileName): Pick<Profile, 'summary' | 'questions'> {
  return PROFILES[name];
}

/** What is taken where nothing is answered. */
export function usualAnswers(name: ProfileName): Answers {
  const questions = Object.entries(PROFILES[name].questions);
  return Object.fromEntries(questions.map(([key, { usual }]) => [key, usual]));
}

/** What is said beside a key, for those who read a configuration for the first time. */
const COMMENTS: Record<string, string> = {
  'publish.registry': ' HOST/OWNER, or oci:DIR for a folder of OCI image layouts',
  'modules.0.debian': ' source package of the same archive',
  'modules.0.dkms': ' package with a dkms.conf',
  'modules.0.openzfs': ' or a line of releases: "2.4"',
  'gates.boot': ' booted and used before every promotion',
};

/** The text of a configuration; answers take the place of what is usual. */
export function profileConfig(name: ProfileName, given: Answers, schema: string): string {
  const profile = PROFILES[name];
  const answers = { ...usualAnswers(name), ...given };
  const { image, registry } = answers;
  const { base, builder, gates, ...others } = profile.stream(answers) as Record<string, object>;
  const modules = profile.modules(answers);
  const kmods = `kmods-${modules[0]?.name}`;
  const publish = { registry, image, kmods };
  const stream = { name: image, base, builder, modules, ...others, publish, gates };
  const document = new Document({ version: 1, ...stream });
  document.commentBefore = ` yaml-language-server: $schema=${schema}`;
  for (const [path, comment] of Object.entries(COMMENTS)) {
    const keys = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const node = document.getIn(keys, true);
    if (isNode(node)) node.comment = comment;
  }
  return document.toString({ lineWidth: 0 });
}
