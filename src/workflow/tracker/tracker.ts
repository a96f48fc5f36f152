/** An issue of the tracker that belongs to a repository. */
export interface Issue {
  number: number;
  title: string;
  body: string;
}

/** The issues of one repository, wherever it is kept. */
export interface Tracker {
  /** Every open issue. */
  list(): Promise<Issue[]>;
  open(issue: Omit<Issue, 'number'>): Promise<void>;
  edit(issue: Issue): Promise<void>;
  close(issue: Issue): Promise<void>;
}
