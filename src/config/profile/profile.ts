import { Document, isNode } from 'yaml';
import { ImageReference, Name, PackageName, Suite, textLike } from '../words.ts';
import { ciOf, ciQuestions, type FirstCi } from './ci.ts';
import type { ProfileName } from './names.ts';
import { type Question, Registry } from './question.ts';

export type Answers = Readonly<Record<string, string>>;

/** What a first configuration is made from. */
interface Profile {
  questions: Record<string, Question>;
  /** The part of the stream that is not the same in all profiles. */
  stream: (answers: Answers) => object;
  modules: (answers: Answers) => { name: string }[];
}

const CoreosStream = textLike(/^[a-z][a-z0-9-]*$/, 'must be stable, testing or next');

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
    questions: { suite, kernel, ...named('debian-zfs') },
    stream: ({ suite, kernel }) => ({
      base: { debian: { suite, kernel } },
      image: { packages: ['zfsutils-linux'], enable: ['zfs.target'] },
      gates: { boot: 'zfs' },
    }),
    modules: () => [{ name: 'zfs', debian: 'zfs-linux' }],
  },
  dkms: {
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
    questions: {
      base: base('ghcr.io/ublue-os/kinoite-main:latest'),
      builder,
      ...named('kinoite-zfs'),
    },
    ...zfsOfFedora,
  },
  coreos: {
    questions: {
      coreos: { text: 'Stream of CoreOS?', usual: 'stable', shape: CoreosStream },
      builder,
      ...named('coreos-zfs'),
    },
    ...zfsOfFedora,
    stream: (answers) => ({ ...zfsOfFedora.stream(answers), base: { coreos: answers.coreos } }),
  },
  bootc: {
    questions: { base: base('quay.io/fedora/fedora-bootc:latest'), builder, ...named('bootc-zfs') },
    ...zfsOfFedora,
  },
};

/** What a profile asks, by the names of its answers; with files of CI what those need as well. */
export function questionsOf(name: ProfileName, ci?: FirstCi): Readonly<Record<string, Question>> {
  const { questions } = PROFILES[name];
  return ci ? { ...questions, ...ciQuestions(ci) } : questions;
}

/** What is taken where nothing is answered. */
export function usualAnswers(name: ProfileName, ci?: FirstCi): Answers {
  const questions = Object.entries(questionsOf(name, ci));
  return Object.fromEntries(questions.map(([key, { usual }]) => [key, usual]));
}

/** What is said beside a key, for those who read a configuration for the first time. */
const COMMENTS: Record<string, string> = {
  'publish.registry': ' HOST/OWNER, or oci:DIR for a folder of OCI image layouts',
  'modules.0.debian': ' source package of the same archive',
  'modules.0.dkms': ' package with a dkms.conf',
  'modules.0.openzfs': ' or a line of releases: "2.4"',
  'gates.boot': ' booted and used before every promotion',
  'ci.program': ' npm, or a command that runners have',
  'ci.schedule': ' when upstream is looked at, UTC',
};

/** What a configuration is written for. */
export interface ProfileOptions {
  /** Where its JSON Schema lies, for editors. */
  schema: string;
  /** The files of CI that are made from it. */
  ci?: FirstCi | undefined;
}

/** The text of a configuration; answers take the place of what is usual. */
export function profileConfig(
  name: ProfileName,
  given: Answers,
  { schema, ci }: ProfileOptions,
): string {
  const profile = PROFILES[name];
  const answers = { ...usualAnswers(name, ci), ...given };
  const { image, registry } = answers;
  const { base, builder, gates, ...others } = profile.stream(answers) as Record<string, object>;
  const modules = profile.modules(answers);
  const kmods = `kmods-${modules[0]?.name}`;
  const publish = { registry, image, kmods };
  const stream = { name: image, base, builder, modules, ...others, publish, gates };
  const document = new Document({ version: 1, ...stream, ...(ci && { ci: ciOf(ci, answers) }) });
  document.commentBefore = ` yaml-language-server: $schema=${schema}`;
  for (const [path, comment] of Object.entries(COMMENTS)) {
    const keys = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const node = document.getIn(keys, true);
    if (isNode(node)) node.comment = comment;
  }
  return document.toString({ lineWidth: 0 });
}
