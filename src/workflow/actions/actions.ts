/** An action of others, at one commit; the version is what people read. */
export interface ActionPin {
  /** As `uses` names it, without a commit. */
  action: string;
  commit: string;
  version: string;
}

/** The actions that generated files use. `lockstep pins update` changes those in a project's files. */
export const actions = {
  checkout: pin('actions/checkout', '3d3c42e5aac5ba805825da76410c181273ba90b1', 'v7.0.1'),
  node: pin('actions/setup-node', '820762786026740c76f36085b0efc47a31fe5020', 'v7.0.0'),
  upload: pin('actions/upload-artifact', '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', 'v7.0.1'),
  download: pin('actions/download-artifact', '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', 'v8.0.1'),
  attest: pin('actions/attest', '1e69f48acb82d1966a394da916b4c1698aa569d6', 'v4.2.2'),
  pages: pin('actions/upload-pages-artifact', 'fc324d3547104276b827a68afc52ff2a11cc49c9', 'v5.0.0'),
  deploy: pin('actions/deploy-pages', 'cd2ce8fcbc39b97be8ca5fce6e763baed58fa128', 'v5.0.0'),
  /** GitHub's own refuse other servers (docs of Forgejo, "Artifacts"). */
  forgejoUpload: pin(
    'https://code.forgejo.org/forgejo/upload-artifact',
    '16871d9e8cfcf27ff31822cac382bbb5450f1e1e',
    'v4',
  ),
  forgejoDownload: pin(
    'https://code.forgejo.org/forgejo/download-artifact',
    'd8d0a99033603453ad2255e58720b460a0555e1e',
    'v4',
  ),
} as const;

export type ActionName = keyof typeof actions;

const USES = /\buses:\s*["']?([\w./:-]+)@([0-9a-f]{40})["']?[ \t]*#[ \t]*(\S+)/g;

/** The pins that stand in files, by the names of their actions. */
export function pinsIn(texts: readonly string[]): Map<string, ActionPin> {
  const found = texts.flatMap((text) => [...text.matchAll(USES)]);
  return new Map(
    found.map(([, action = '', commit = '', version = '']) => [
      action,
      { action, commit, version },
    ]),
  );
}

function pin(action: string, commit: string, version: string): ActionPin {
  return { action, commit, version };
}
