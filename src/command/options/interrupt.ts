import { exitCodeOf, LockstepError } from '../../system/error.ts';
import { whenInterruptible } from '../../system/uninterrupted.ts';

/** Milliseconds in which work that was asked to stop may put things in order. */
const GRACE = 600;

let heard: LockstepError | undefined;

/** What ended this call from outside, if something did. */
export function heardInterruption(): LockstepError | undefined {
  return heard;
}

/**
 * Aborts at the first SIGINT or SIGTERM, and says so; what does not heed that is ended soon after,
 * but for tags that are moving together. A second signal ends the process at once. `hint` tells
 * what a later call can do.
 */
export function interruption(hint?: string): AbortSignal {
  const aborter = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (heard) process.exit(exitCodeOf(heard));
    heard = new LockstepError('interrupted', `interrupted by ${name}`, {
      context: { signal: name },
      hint,
    });
    process.stderr.write(`\n${name}: stopping; once more ends it at once\n`);
    aborter.abort(heard);
    setTimeout(() => void end(heard), GRACE).unref();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return aborter.signal;
}

async function end(reason: unknown): Promise<void> {
  await whenInterruptible();
  const { reportError } = await import('./report.ts');
  process.exit(reportError(reason, process.argv));
}
