/** What happens during long work; renderers turn it into tables, plain lines or JSON. */
export type Event =
  | { type: 'step'; stream: string; step: string; state: StepState; message?: string }
  | { type: 'line'; stream: string; step: string; line: string }
  | { type: 'note'; message: string };

export type StepState = 'started' | 'done' | 'reused' | 'skipped' | 'failed';

/** Where events go. The library is silent by default. */
export type EventSink = (event: Event) => void;

export const silent: EventSink = () => {};
