import { z } from 'zod';
import type { Api } from './api.ts';
import type { Tracker } from './tracker.ts';

const HubIssue = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  pull_request: z.unknown().optional(),
});

/** The issues of a repository on GitHub, or on Forgejo, which speaks the same language. */
export function hubTracker(api: Api, repository: string): Tracker {
  const path = `/repos/${repository}/issues`;
  return {
    async list() {
      const entries = await api.all(`${path}?state=open`);
      const issues = entries.flatMap((entry) => HubIssue.safeParse(entry).data ?? []);
      // Pull requests are issues too.
      const own = issues.filter((issue) => issue.pull_request == null);
      return own.map(({ number, title, body }) => ({ number, title, body: body ?? '' }));
    },
    async open({ title, body }) {
      await api.send('POST', path, { title, body });
    },
    async edit({ number, title, body }) {
      await api.send('PATCH', `${path}/${number}`, { title, body });
    },
    async close({ number }) {
      await api.send('PATCH', `${path}/${number}`, { state: 'closed' });
    },
  };
}
