/** Answers as GitHub, Forgejo and GitLab write them, with what their documentation lists. */

export const githubRun = (id: number, more: object = {}) => ({
  id,
  run_number: id - 1000,
  name: 'build',
  path: '.github/workflows/build.yml',
  event: 'schedule',
  head_branch: 'main',
  head_sha: 'a'.repeat(40),
  status: 'completed',
  conclusion: 'success',
  html_url: `https://github.com/you/images/actions/runs/${id}`,
  created_at: '2026-11-25T06:00:00Z',
  ...more,
});

export const githubJob = (id: number, name: string, more: object = {}) => ({
  id,
  run_id: 1,
  name,
  status: 'completed',
  conclusion: 'success',
  html_url: `https://github.com/you/images/actions/runs/1/job/${id}`,
  steps: [{ name: 'run', status: 'completed', conclusion: 'success', number: 1 }],
  ...more,
});

export const forgejoRun = (id: number, more: object = {}) => ({
  id,
  title: 'build',
  workflow_id: 'build.yml',
  index_in_repo: id - 1000,
  event: 'schedule',
  trigger_event: 'schedule',
  prettyref: 'main',
  commit_sha: 'b'.repeat(40),
  status: 'success',
  created: '2026-11-25T06:00:00Z',
  html_url: `https://codeberg.org/you/images/actions/runs/${id - 1000}`,
  ...more,
});

export const gitlabPipeline = (id: number, more: object = {}) => ({
  id,
  iid: id - 1000,
  project_id: 1,
  source: 'schedule',
  ref: 'main',
  sha: 'c'.repeat(40),
  status: 'success',
  web_url: `https://gitlab.com/you/images/-/pipelines/${id}`,
  created_at: '2026-11-25T06:00:00.000Z',
  ...more,
});

/** The end of a log of GitHub, in which a run on one stream failed at its boot. */
export const LOG = [
  '2026-11-25T06:03:01.1234567Z ##[group]kinoite-zfs: boot',
  '2026-11-25T06:03:02.1234567Z ##[error]kinoite-zfs  FAIL   boot: zfs.ko did not load: Exec format error',
  '2026-11-25T06:03:02.2234567Z \u001b[31merror\u001b[39m: the gate boot failed',
  '2026-11-25T06:03:02.3234567Z \u001b[36mhint\u001b[39m: lockstep smoke shows the console',
  '2026-11-25T06:03:02.4234567Z ##[error]Process completed with exit code 1.',
].join('\n');
