import { z } from 'zod';
import type { EngineClient } from '../engine/client.ts';
import { repositoryPath } from '../engine/open.ts';
import { CHECK, change, good, type Setting, secretsSetting, told, type Wanted } from './setting.ts';

/** How Forgejo names the check of a pull request: workflow, job and event. */
const FORGEJO_CHECK = `* / ${CHECK} (pull_request)`;
const PAGE = 'per_page=100';

/** The settings of a repository of Forgejo that its API has. */
export function forgejoSettings(
  client: EngineClient,
  wanted: Wanted,
): (() => Promise<Setting[]>)[] {
  const base = repositoryPath(client.place);
  const { page } = client.place;
  return [
    async () => {
      const { has_actions } = await client.get(base, z.looseObject({ has_actions: z.boolean() }));
      if (has_actions) return [good('Actions', 'on')];
      return [
        change('Actions', ['off', 'on'], {
          method: 'PATCH',
          path: base,
          body: { has_actions: true },
        }),
      ];
    },
    async () => {
      const name = `protection of ${wanted.branch}`;
      const path = `${base}/branch_protections`;
      const form = z.looseObject({
        enable_status_check: z.boolean(),
        status_check_contexts: z.array(z.string()).nullable(),
      });
      const now = await client.find(`${path}/${encodeURIComponent(wanted.branch)}`, form);
      const checks = { enable_status_check: true, status_check_contexts: [FORGEJO_CHECK] };
      const should = `the check ${CHECK}`;
      if (!now) {
        const body = { rule_name: wanted.branch, ...checks };
        return [change(name, ['none', should], { method: 'POST', path, body })];
      }
      const listed = now.status_check_contexts ?? [];
      if (now.enable_status_check && listed.some((one) => one.includes(CHECK)))
        return [good(name, should)];
      return [
        told(
          name,
          [listed.join(', ') || 'no checks', should],
          `add ${FORGEJO_CHECK} by hand: ${page}/settings/branches`,
        ),
      ];
    },
    async () => {
      const found = await Array.fromAsync(
        client.list(`${base}/actions/secrets?page=1&limit=50`, z.looseObject({ name: z.string() })),
      );
      return secretsSetting(
        wanted.secrets,
        found.map(({ name }) => name),
        `${page}/settings/actions/secrets`,
      );
    },
  ];
}

/** The settings of a project of GitLab. */
export function gitlabSettings(client: EngineClient, wanted: Wanted): (() => Promise<Setting[]>)[] {
  const base = repositoryPath(client.place);
  const { page } = client.place;
  const project = z.looseObject({
    builds_access_level: z.string(),
    only_allow_merge_if_pipeline_succeeds: z.boolean(),
  });
  return [
    async () => {
      const now = await client.get(base, project);
      const mend = (body: object) => ({ method: 'PUT' as const, path: base, body });
      const on = now.builds_access_level !== 'disabled';
      const held = now.only_allow_merge_if_pipeline_succeeds;
      return [
        on
          ? good('CI/CD', 'on')
          : change('CI/CD', ['off', 'on'], mend({ builds_access_level: 'enabled' })),
        held
          ? good('merge requests', 'wait for the pipeline')
          : change(
              'merge requests',
              ['do not wait', 'wait for the pipeline'],
              mend({ only_allow_merge_if_pipeline_succeeds: true }),
            ),
      ];
    },
    async () => {
      const name = `protection of ${wanted.branch}`;
      const path = `${base}/protected_branches`;
      const now = await client.find(
        `${path}/${encodeURIComponent(wanted.branch)}`,
        z.looseObject({ name: z.string() }),
      );
      if (now) return [good(name, 'on')];
      return [
        change(name, ['none', 'on'], { method: 'POST', path, body: { name: wanted.branch } }),
      ];
    },
    async () => {
      const found = await Array.fromAsync(
        client.list(`${base}/variables?${PAGE}`, z.looseObject({ key: z.string() })),
      );
      return secretsSetting(
        wanted.secrets,
        found.map(({ key }) => key),
        `${page}/-/settings/ci_cd`,
      );
    },
  ];
}
