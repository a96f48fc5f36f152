import type { EventSink } from '../../system/event.ts';

/** Shows events to people on standard error. */
export interface Renderer {
  emit: EventSink;
  /** Leaves the screen as people should find it. */
  close(): void;
}
