import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How a one-time path stands. */
export type OnceState = 'open' | 'sending' | 'done' | 'expired';

export interface OnceOptions {
  /** Milliseconds that it may be waited for. */
  lifetime: number;
  now: () => number;
  /** Called when the document was fetched whole. */
  onDone?: (() => void) | undefined;
}

/**
 * A path that nobody can guess and that answers one complete fetch. While one is under way others
 * are told to come again; one that breaks off may come again itself.
 */
export class OncePath {
  readonly path = `/${randomBytes(32).toString('base64url')}`;
  readonly #options: OnceOptions;
  readonly #end: number;
  #sending: Socket | undefined;
  #response: ServerResponse | undefined;
  #done = false;

  constructor(options: OnceOptions) {
    this.#options = options;
    this.#end = options.now() + options.lifetime;
  }

  state(): OnceState {
    if (this.#done) return 'done';
    if (this.#sending) return 'sending';
    return this.#options.now() >= this.#end ? 'expired' : 'open';
  }

  /** Follows one answer: it is complete when the client, having it, goes on or says goodbye. */
  follow(response: ServerResponse, socket: Socket): void {
    this.#sending = socket;
    this.#response = response;
    socket.once('close', (failed) => this.#settle(socket, response.writableFinished && !failed));
    response.once('finish', () => socket.once('end', () => this.#settle(socket, true)));
  }

  /** A client that asks for more when it was sent all has what it asked for before. */
  goesOn(socket: Socket): void {
    if (this.#response?.writableFinished) this.#settle(socket, true);
  }

  #settle(socket: Socket, complete: boolean): void {
    if (this.#sending !== socket) return;
    this.#sending = undefined;
    if (!complete) return;
    this.#done = true;
    this.#options.onDone?.();
  }
}
