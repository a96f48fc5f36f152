import { describe, expect, it } from 'vitest';
import { type Answer, reply } from '../../oci/testing/scripted-server.ts';
import type { EngineName } from '../engine/place.ts';
import { anEngine, json } from '../runs/testing/server.ts';
import { aProject } from '../testing/project.ts';
import { applySettings, readSettings, wantedSettings } from './settings.ts';
import { FRESH } from './testing/fresh.ts';

const { config } = aProject({ ci: '{ environment: production, ignition: butane.yaml }' });
const wanted = wantedSettings(config);

const CHANGES = ['PUT', 'POST', 'PATCH'].map((method) => [`${method} /`, reply(204)]);

const read = async (engine: EngineName, script: Record<string, Answer>) => {
  await using it = await anEngine(engine, { ...script, ...Object.fromEntries(CHANGES) });
  const settings = await readSettings(it.client, wanted);
  const asked = it.server.log.length;
  await applySettings(it.client, settings);
  const changed = it.server.log
    .slice(asked)
    .map((line) => line.replace(/\/api\/(?:v\d\/)?(?:repos|projects)\/you(?:\/|%2F)images\/?/, ''));
  return {
    told: settings.map(({ name, state }) => `${state} ${name}`),
    changed,
    bodies: it.bodies,
  };
};

describe('wantedSettings', () => {
  it('names the secrets and packages of all streams', () => {
    expect(wanted).toEqual({
      branch: 'main',
      environment: 'production',
      pages: true,
      secrets: ['HOST_NAME', 'SIGNING_KEY', 'SIGNING_PASSPHRASE'],
      packages: [
        { owner: 'example', name: 'kinoite-zfs' },
        { owner: 'example', name: 'kmods-zfs' },
      ],
    });
  });
});

describe('readSettings', () => {
  it('mends a fresh repository of GitHub, and asks for nothing but what it read', async () => {
    const { told, changed, bodies } = await read('github', FRESH);

    expect(told).toEqual([
      'change Actions',
      'change default token',
      'change protection of main',
      'change environment production',
      'change Pages',
      'change security updates',
      'told secrets',
      'told package example/kinoite-zfs',
      'good package example/kmods-zfs',
    ]);
    expect(changed).toEqual([
      'PUT actions/permissions',
      'PUT actions/permissions/workflow',
      'PUT branches/main/protection',
      'PUT environments/production',
      'POST environments/production/deployment-branch-policies',
      'POST pages',
      'PUT vulnerability-alerts',
      'PUT automated-security-fixes',
    ]);
    expect(bodies[2]).toMatchObject({
      required_status_checks: { strict: false, contexts: ['lockstep'] },
    });
  });

  it('changes nothing where an answer does not say for sure, or others have rules of their own', async () => {
    const { told, changed } = await read('github', {
      ...FRESH,
      'GET actions/permissions/workflow': json({ message: 'Resource not accessible' }, 403),
      'GET actions/permissions': json({ enabled: true }),
      'GET branches/main/protection': json({ message: 'Not Found' }, 404),
      'GET environments/production/secrets': json({
        secrets: [{ name: 'HOST_NAME' }, { name: 'SIGNING_PASSPHRASE' }],
      }),
      'GET environments/production': json({
        protection_rules: [{ type: 'required_reviewers' }],
        deployment_branch_policy: null,
      }),
      'GET pages': json({ build_type: 'workflow' }),
      'GET vulnerability-alerts': reply(204),
      'GET automated-security-fixes': json({ enabled: true, paused: false }),
    });

    expect(changed).toEqual([]);
    expect(told.slice(0, 7)).toEqual([
      'good Actions',
      'told not seen',
      'told protection of main',
      'told environment production',
      'good Pages',
      'good security updates',
      'good secrets',
    ]);
  });

  it('takes a ruleset for protection, and adds the check to those that are there', async () => {
    const ruleset = json([
      {
        type: 'required_status_checks',
        parameters: { required_status_checks: [{ context: 'lockstep' }] },
      },
    ]);
    const byRuleset = await read('github', { ...FRESH, 'GET rules/branches/main': ruleset });
    const byProtection = await read('github', {
      ...FRESH,
      'GET branches/main/protection': json({ required_status_checks: { contexts: ['test'] } }),
    });

    expect(byRuleset.told).toContain('good protection of main');
    expect(byProtection.changed).toContain(
      'POST branches/main/protection/required_status_checks/contexts',
    );
    expect(byProtection.bodies).toContainEqual({ contexts: ['lockstep'] });
  });

  it('reads and mends what Forgejo and GitLab have of it', async () => {
    const forgejo = await read('forgejo', {
      'GET branch_protections/main': reply(404),
      'GET actions/secrets': json(wanted.secrets.map((name) => ({ name }))),
      'GET /repos/you/images': json({ has_actions: false }),
    });
    const gitlab = await read('gitlab', {
      'GET protected_branches/main': json({ name: 'main' }),
      'GET variables': json([{ key: 'SIGNING_KEY' }]),
      'GET /projects/you%2Fimages': json({
        builds_access_level: 'enabled',
        only_allow_merge_if_pipeline_succeeds: false,
      }),
    });

    expect(forgejo.told).toEqual(['change Actions', 'change protection of main', 'good secrets']);
    expect(forgejo.bodies).toEqual([
      { has_actions: true },
      {
        rule_name: 'main',
        enable_status_check: true,
        status_check_contexts: ['* / lockstep (pull_request)'],
      },
    ]);
    expect(gitlab.told).toEqual([
      'good CI/CD',
      'change merge requests',
      'good protection of main',
      'told secrets',
    ]);
    expect(gitlab.bodies).toEqual([{ only_allow_merge_if_pipeline_succeeds: true }]);
  });
});
