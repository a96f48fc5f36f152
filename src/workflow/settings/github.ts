import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import type { EngineClient } from '../engine/client.ts';
import { repositoryPath } from '../engine/open.ts';
import { CHECK, change, good, type Setting, secretsSetting, told, type Wanted } from './setting.ts';

const rules = z.array(
  z.looseObject({
    type: z.string(),
    parameters: z
      .looseObject({
        required_status_checks: z.array(z.looseObject({ context: z.string() })).optional(),
      })
      .optional(),
  }),
);
const protection = z.looseObject({
  required_status_checks: z.looseObject({ contexts: z.array(z.string()).default([]) }).nullish(),
});
const environment = z.looseObject({
  protection_rules: z.array(z.looseObject({ type: z.string() })).default([]),
  deployment_branch_policy: z
    .looseObject({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullable(),
});
const policies = z.looseObject({ branch_policies: z.array(z.looseObject({ name: z.string() })) });
const names = z.looseObject({ name: z.string() });

/** The settings of a repository of GitHub (REST API). What the token may not see is told. */
export function githubSettings(client: EngineClient, wanted: Wanted): (() => Promise<Setting[]>)[] {
  const base = repositoryPath(client.place);
  const { page } = client.place;
  return [
    () => actionsOn(client, base),
    () => tokenRights(client, base),
    () => branchProtection(client, base, wanted.branch),
    () => environmentLimits(client, base, wanted),
    () => pagesSource(client, base, wanted),
    () => securityUpdates(client, base),
    async () => {
      const list = (path: string) =>
        Array.fromAsync(client.list(`${base}/${path}?per_page=100`, names, 'secrets'));
      const own = await list('actions/secrets');
      const at = encodeURIComponent(wanted.environment ?? '');
      const path = `${base}/environments/${at}/secrets?per_page=100`;
      const form = z.looseObject({ secrets: z.array(names) });
      const more = wanted.environment ? ((await client.find(path, form))?.secrets ?? []) : [];
      const there = [...own, ...more].map(({ name }) => name);
      return secretsSetting(wanted.secrets, there, `${page}/settings/secrets/actions`);
    },
    ...wanted.packages.map((one) => () => packageOf(client, one)),
  ];
}

async function actionsOn(client: EngineClient, base: string): Promise<Setting[]> {
  const path = `${base}/actions/permissions`;
  const { enabled } = await client.get(path, z.looseObject({ enabled: z.boolean() }));
  if (enabled) return [good('Actions', 'on')];
  return [
    change('Actions', ['off', 'on'], {
      method: 'PUT',
      path,
      body: { enabled: true, allowed_actions: 'all' },
    }),
  ];
}

async function tokenRights(client: EngineClient, base: string): Promise<Setting[]> {
  const path = `${base}/actions/permissions/workflow`;
  const form = z.looseObject({
    default_workflow_permissions: z.string(),
    can_approve_pull_request_reviews: z.boolean(),
  });
  const { default_workflow_permissions: now, can_approve_pull_request_reviews } = await client.get(
    path,
    form,
  );
  if (now === 'read') return [good('default token', 'read')];
  const body = { default_workflow_permissions: 'read', can_approve_pull_request_reviews };
  return [change('default token', [now, 'read'], { method: 'PUT', path, body })];
}

/** Rules of rulesets count as well as the older protection; only what is not protected at all gets one. */
async function branchProtection(
  client: EngineClient,
  base: string,
  branch: string,
): Promise<Setting[]> {
  const name = `protection of ${branch}`;
  const wanted = `the check ${CHECK}`;
  const at = encodeURIComponent(branch);
  const found = (await client.find(`${base}/rules/branches/${at}`, rules)) ?? [];
  const required = found.flatMap(({ parameters }) => parameters?.required_status_checks ?? []);
  if (required.some(({ context }) => context === CHECK)) return [good(name, wanted)];
  const path = `${base}/branches/${at}/protection`;
  const answer = await client.ask({ method: 'GET', path, expect: [404] });
  if (answer.status === 404) {
    if (!answer.text.includes('Branch not protected'))
      return [
        told(
          name,
          ['not told', wanted],
          `look at ${client.place.page}/settings/branches: is there a branch ${branch}?`,
        ),
      ];
    const body = {
      required_status_checks: { strict: false, contexts: [CHECK] },
      enforce_admins: null,
      required_pull_request_reviews: null,
      restrictions: null,
    };
    return [change(name, ['none', wanted], { method: 'PUT', path, body })];
  }
  const checks = protection.parse(answer.json).required_status_checks;
  if (checks?.contexts.includes(CHECK)) return [good(name, wanted)];
  if (!checks)
    return [
      told(
        name,
        ['without checks', wanted],
        `add the check by hand: ${client.place.page}/settings/branches`,
      ),
    ];
  const contexts = {
    method: 'POST',
    path: `${path}/required_status_checks/contexts`,
    body: { contexts: [CHECK] },
  } as const;
  return [change(name, [checks.contexts.join(' ') || 'no checks', wanted], contexts)];
}

/** An environment with rules of its own is not written over: what is left out of a change is lost. */
async function environmentLimits(
  client: EngineClient,
  base: string,
  { environment: name, branch }: Wanted,
): Promise<Setting[]> {
  if (name == null) return [];
  const path = `${base}/environments/${encodeURIComponent(name)}`;
  const title = `environment ${name}`;
  const wanted = `${branch} alone`;
  const limit = {
    method: 'PUT',
    path,
    body: { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } },
  } as const;
  const only = {
    method: 'POST',
    path: `${path}/deployment-branch-policies`,
    body: { name: branch },
  } as const;
  const now = await client.find(path, environment);
  if (!now) return [change(title, ['none', wanted], limit, only)];
  const policy = now.deployment_branch_policy;
  if (!policy) {
    const own = now.protection_rules.filter(({ type }) => type !== 'branch_policy');
    if (own.length === 0) return [change(title, ['any branch', wanted], limit, only)];
    return [
      told(
        title,
        ['any branch', wanted],
        `limit it by hand, it has rules of its own: ${client.place.page}/settings/environments`,
      ),
    ];
  }
  if (policy.protected_branches) return [good(title, 'protected branches')];
  const { branch_policies } = await client.get(`${path}/deployment-branch-policies`, policies);
  const listed = branch_policies.map((one) => one.name);
  if (listed.length === 1 && listed[0] === branch) return [good(title, wanted)];
  if (listed.length === 0) return [change(title, ['no branch', wanted], only)];
  return [
    told(
      title,
      [listed.join(' '), wanted],
      `take out the others by hand: ${client.place.page}/settings/environments`,
    ),
  ];
}

async function pagesSource(
  client: EngineClient,
  base: string,
  { pages }: Wanted,
): Promise<Setting[]> {
  if (!pages) return [];
  const path = `${base}/pages`;
  const body = { build_type: 'workflow' };
  const now = await client.find(path, z.looseObject({ build_type: z.string().nullish() }));
  if (!now) return [change('Pages', ['off', 'from workflow'], { method: 'POST', path, body })];
  if (now.build_type === 'workflow') return [good('Pages', 'from workflow')];
  return [change('Pages', ['from a branch', 'from workflow'], { method: 'PUT', path, body })];
}

async function securityUpdates(client: EngineClient, base: string): Promise<Setting[]> {
  const alerts = `${base}/vulnerability-alerts`;
  const fixes = `${base}/automated-security-fixes`;
  const { status } = await client.ask({ method: 'GET', path: alerts, expect: [404] });
  const found = await client.find(fixes, z.looseObject({ enabled: z.boolean() }));
  if (status === 204 && found?.enabled) return [good('security updates', 'on')];
  const on = [alerts, fixes].map((path) => ({ method: 'PUT' as const, path }));
  return [change('security updates', ['off', 'on'], ...on)];
}

/** No API changes who sees a package, nor what it is linked to. */
async function packageOf(
  client: EngineClient,
  { owner, name }: Wanted['packages'][number],
): Promise<Setting[]> {
  const form = z.looseObject({
    visibility: z.string(),
    html_url: z.string().optional(),
    repository: z.looseObject({ full_name: z.string() }).nullish(),
  });
  const title = `package ${owner}/${name}`;
  const wanted = 'public, linked';
  const at = `packages/container/${encodeURIComponent(name)}`;
  const found =
    (await client.find(`orgs/${owner}/${at}`, form)) ??
    (await client.find(`users/${owner}/${at}`, form));
  if (!found)
    return [
      told(
        title,
        ['not there, or not for this token', wanted],
        'the first run makes it; look again then',
      ),
    ];
  const linked =
    found.repository?.full_name.toLowerCase() === client.place.repository.toLowerCase();
  const now = `${found.visibility}, ${linked ? 'linked' : 'not linked'}`;
  if (found.visibility === 'public' && linked) return [good(title, now)];
  return [
    told(
      title,
      [now, wanted],
      `by hand, in the settings of the package: ${found.html_url ?? client.place.page}`,
    ),
  ];
}

/** What the token may not ask about is told. */
export async function orTold(ask: () => Promise<Setting[]>): Promise<Setting[]> {
  try {
    return await ask();
  } catch (error) {
    const isOurs =
      error instanceof LockstepError &&
      ['not-allowed', 'not-found', 'unsupported'].includes(error.code);
    if (!isOurs) throw error;
    return [told('not seen', [error.message, 'an answer'], error.hint ?? 'look by hand')];
  }
}
