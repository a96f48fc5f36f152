import { z } from 'zod';
import type { Api } from './api.ts';
import type { Tracker } from './tracker.ts';

const GitlabIssue = z.looseObject({
  iid: z.number(),
  title: z.string(),
  description: z.string().nullish(),
});

/** The issues of a project on GitLab. */
export function gitlabTracker(api: Api, project: string): Tracker {
  const path = `/projects/${encodeURIComponent(project)}/issues`;
  return {
    async list() {
      const entries = await api.all(`${path}?state=opened`);
      const issues = entries.flatMap((entry) => GitlabIssue.safeParse(entry).data ?? []);
      return issues.map(({ iid, title, description }) => {
        return { number: iid, title, body: description ?? '' };
      });
    },
    async open({ title, body }) {
      await api.send('POST', path, { title, description: body });
    },
    async edit({ number, title, body }) {
      await api.send('PUT', `${path}/${number}`, { title, description: body });
    },
    async close({ number }) {
      await api.send('PUT', `${path}/${number}`, { state_event: 'close' });
    },
  };
}
