import { z } from 'zod';
import type { EngineClient } from '../engine/client.ts';
import { repositoryPath } from '../engine/open.ts';
import type { Issue, Tracker } from './tracker.ts';

const HubIssue = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  pull_request: z.unknown().optional(),
});

/** The issues of a repository on GitHub, or on Forgejo, which speaks the same language. */
export function hubTracker(client: EngineClient): Tracker {
  const path = `${repositoryPath(client.place)}/issues`;
  return {
    async list() {
      // Each of the two services has its own word for the size of a page.
      const issues = client.list(`${path}?state=open&per_page=100&limit=50`, HubIssue);
      const found: Issue[] = [];
      for await (const { number, title, body, pull_request } of issues) {
        // Pull requests are issues too.
        if (pull_request == null) found.push({ number, title, body: body ?? '' });
      }
      return found;
    },
    async open({ title, body }) {
      await client.ask({ method: 'POST', path, body: { title, body } });
    },
    async edit({ number, title, body }) {
      await client.ask({ method: 'PATCH', path: `${path}/${number}`, body: { title, body } });
    },
    async close({ number }) {
      await client.ask({ method: 'PATCH', path: `${path}/${number}`, body: { state: 'closed' } });
    },
  };
}
