import { type Answer, reply } from '../../../oci/testing/scripted-server.ts';
import { json } from '../../runs/testing/server.ts';

/** A repository of GitHub as it is when it was just made. */
export const FRESH: Record<string, Answer> = {
  'GET actions/permissions/workflow': json({
    default_workflow_permissions: 'write',
    can_approve_pull_request_reviews: false,
  }),
  'GET actions/permissions': json({ enabled: false }),
  'GET rules/branches/main': json([]),
  'GET branches/main/protection': json({ message: 'Branch not protected' }, 404),
  'GET environments/production/secrets': json({ message: 'Not Found' }, 404),
  'GET environments/production': json({ message: 'Not Found' }, 404),
  'GET pages': json({ message: 'Not Found' }, 404),
  'GET vulnerability-alerts': reply(404),
  'GET automated-security-fixes': json({ enabled: false, paused: false }),
  'GET actions/secrets': json({ secrets: [{ name: 'SIGNING_KEY' }] }),
  'GET /orgs/example/packages/container/kinoite-zfs': json({ message: 'Not Found' }, 404),
  'GET /users/example/packages/container/kinoite-zfs': json({
    visibility: 'private',
    repository: null,
  }),
  'GET /orgs/example/packages/container/kmods-zfs': json({
    visibility: 'public',
    repository: { full_name: 'You/images' },
  }),
};
