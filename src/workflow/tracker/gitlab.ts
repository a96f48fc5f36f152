import { z } from 'zod';
import type { EngineClient } from '../engine/client.ts';
import { repositoryPath } from '../engine/open.ts';
import type { Issue, Tracker } from './tracker.ts';

const GitlabIssue = z.looseObject({
  iid: z.number(),
  title: z.string(),
  description: z.string().nullish(),
});

/** The issues of a project on GitLab. */
export function gitlabTracker(client: EngineClient): Tracker {
  const path = `${repositoryPath(client.place)}/issues`;
  return {
    async list() {
      const found: Issue[] = [];
      const issues = client.list(`${path}?state=opened&per_page=100`, GitlabIssue);
      for await (const { iid, title, description } of issues)
        found.push({ number: iid, title, body: description ?? '' });
      return found;
    },
    async open({ title, body }) {
      await client.ask({ method: 'POST', path, body: { title, description: body } });
    },
    async edit({ number, title, body }) {
      const change = { title, description: body };
      await client.ask({ method: 'PUT', path: `${path}/${number}`, body: change });
    },
    async close({ number }) {
      await client.ask({
        method: 'PUT',
        path: `${path}/${number}`,
        body: { state_event: 'close' },
      });
    },
  };
}
