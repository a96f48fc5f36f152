import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import type { Seals } from '../../trust/dsse/seals.ts';
import {
  type Intent,
  intentLayers,
  intentTag,
  readIntents,
  removeIntent,
  type StandingIntent,
  writeIntent,
} from './intent.ts';
import { type Owner, stateOf, thisProcess } from './owner.ts';
import type { PromotionPlan } from './plan.ts';

export interface TurnOptions {
  now: () => Date;
  signal?: AbortSignal;
  /** Milliseconds after which others may take a silent owner for dead (default 10 minutes). */
  lease?: number;
  /** Milliseconds to wait for others (default 2 minutes), after which `busy` is thrown. */
  patience?: number;
  /** Who takes the turn (default this process). */
  owner?: Owner;
  /** Sign intents and records, and tell whose count. */
  seals?: Seals | undefined;
}

export interface Work {
  registry: Registry;
  /** Names of the repositories whose tags are written. */
  repositories: readonly string[];
  work: Intent['work'];
  plan?: PromotionPlan;
}

/** The right to move and remove tags in some repositories, until its end. */
export interface Turn {
  readonly id: string;
  /** Intents of owners that died; whoever has the turn finishes or undoes what they began. */
  readonly left: readonly { repository: string; standing: StandingIntent }[];
  /** Makes sure that the turn lasts; called before each tag that moves. */
  hold(): Promise<void>;
  /** Takes the intent away: the work is done, or nothing of it was. */
  end(): Promise<void>;
  /** Leaves the intent standing for the next one to see to, who need not wait for the lease. */
  abandon(): Promise<void>;
}

/**
 * Takes a turn. Registries have no locks, so each worker first writes its intent under a tag of
 * its own and then reads those of the others: of any two, at least one sees the other. It enters
 * only when no living other one is in sight; of two that see each other the larger id steps back.
 */
export async function takeTurn(work: Work, options: TurnOptions): Promise<Turn> {
  const held = new HeldTurn(work, options);
  const deadline = performance.now() + (options.patience ?? 120_000);
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const others = await held.look();
      const rival = others.find((one) => isLiving(one.standing.intent, options.now()));
      if (!rival && held.isSeen) return held.enter(others);
      if (!rival && held.announced) await held.lookAgain(deadline);
      else if (!rival) await held.announce();
      else await held.yieldTo(rival.standing.intent, deadline);
    }
  } catch (error) {
    await held.end().catch(() => {});
    throw error;
  }
}

function isLiving(intent: Intent, now: Date): boolean {
  const state = stateOf(intent.owner);
  if (Date.parse(intent.expires) <= now.getTime()) return state === 'alive' && !isAbandoned(intent);
  return state !== 'dead';
}

function isAbandoned(intent: Intent): boolean {
  return Date.parse(intent.expires) === 0;
}

class HeldTurn implements Turn {
  readonly id: string;
  left: Turn['left'] = [];
  readonly #work: Work;
  readonly #options: TurnOptions;
  readonly #written = new Map<string, StandingIntent['descriptor']>();
  #expires = 0;
  /** A repository whose list did not show our intent. */
  #unseen: string | undefined;

  constructor(work: Work, options: TurnOptions) {
    this.#work = work;
    this.#options = options;
    const time = options.now().toISOString().replace(/[-:.]/g, '').toLowerCase();
    this.id = `${time}-${randomBytes(4).toString('hex')}`;
  }

  get announced(): boolean {
    return this.#written.size > 0;
  }

  /** True when every repository lists our own intent: then it lists those of others too. */
  get isSeen(): boolean {
    return this.announced && this.#unseen == null;
  }

  async look(): Promise<Turn['left']> {
    const seen: { repository: string; standing: StandingIntent }[] = [];
    for (const repository of this.#work.repositories) {
      for (const standing of await readIntents(this.#work.registry.repository(repository))) {
        seen.push({ repository, standing });
      }
    }
    const isOwn = ({ standing }: (typeof seen)[number]) => standing.intent.id === this.id;
    const own = new Set(seen.filter(isOwn).map(({ repository }) => repository));
    this.#unseen = this.#work.repositories.find((repository) => !own.has(repository));
    return seen.filter((one) => !isOwn(one));
  }

  /** Waits for a list that shows our own intent; some registries show what is new a little later. */
  async lookAgain(deadline: number): Promise<void> {
    const unseen = this.#work.registry.repository(this.#unseen ?? '').name;
    if (performance.now() > deadline) throw notListed(unseen, this.id);
    await sleep(50 + Math.random() * 200, undefined, { signal: this.#options.signal });
    await this.hold();
  }

  enter(left: Turn['left']): Turn {
    this.left = left;
    return this;
  }

  async announce(): Promise<void> {
    this.#expires = this.#options.now().getTime() + this.#lease;
    await this.#write(this.#expires);
  }

  async yieldTo(rival: Intent, deadline: number): Promise<void> {
    if (performance.now() > deadline) throw busy(rival);
    if (this.announced && rival.id < this.id) await this.end();
    await sleep(20 + Math.random() * 80, undefined, { signal: this.#options.signal });
    if (this.announced) await this.hold();
  }

  async hold(): Promise<void> {
    const left = this.#expires - this.#options.now().getTime();
    if (left > this.#lease / 2) return;
    if (left <= 0) {
      throw new LockstepError('timeout', 'the turn ran out before the work was done', {
        hint: 'call again: what was begun is finished or undone first',
      });
    }
    const old = [...this.#written];
    await this.announce();
    for (const [name, descriptor] of old) await this.#drop(name, descriptor);
  }

  async end(): Promise<void> {
    for (const [name, descriptor] of this.#written) {
      await removeIntent(this.#work.registry.repository(name), this.id, descriptor);
      this.#written.delete(name);
    }
  }

  async abandon(): Promise<void> {
    await this.#write(0);
  }

  get #lease(): number {
    return this.#options.lease ?? 600_000;
  }

  async #write(expires: number): Promise<void> {
    const intent: Intent = {
      schema_version: 1,
      id: this.id,
      work: this.#work.work,
      owner: this.#options.owner ?? thisProcess(),
      expires: new Date(expires).toISOString(),
      ...(this.#work.plan ? { plan: this.#work.plan } : {}),
    };
    const layers = await intentLayers(intent, this.#options.seals);
    for (const name of this.#work.repositories) {
      const repository = this.#work.registry.repository(name);
      this.#written.set(name, await writeIntent(repository, this.id, layers));
    }
  }

  /** Removes the manifest of an intent that was renewed; where that cannot be done it stays. */
  async #drop(name: string, descriptor: StandingIntent['descriptor']): Promise<void> {
    await this.#work.registry
      .repository(name)
      .delete(descriptor)
      .catch(() => {});
  }
}

function notListed(repository: string, id: string): LockstepError {
  return new LockstepError('registry', `${repository} does not list the tag ${intentTag(id)}`, {
    hint: 'its lists are not whole, so nobody can take turns; a proxy before it may cut them',
  });
}

function busy(rival: Intent): LockstepError {
  const { pid, machine } = rival.owner;
  return new LockstepError(
    'busy',
    `another ${rival.work} is under way (${rival.id}, process ${pid}), until ${rival.expires} at most`,
    { context: { intent: rival.id, machine }, hint: 'wait for it to end, then call again' },
  );
}
