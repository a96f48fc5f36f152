import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { basic, fetchToken, type Token } from './token.ts';
import type { HttpResponse, Transport } from './transport.ts';

export interface LoginOptions {
  transport: Transport;
  /** Origin of the registry. */
  registry: URL;
  /** Looked up once, when the registry first asks who we are. */
  credentials: () => Promise<Credentials | undefined>;
  now: () => Date;
  signal?: AbortSignal;
}

/** Who we are to one registry: answers its challenges and remembers what it gave for them. */
export class Login {
  readonly #options: LoginOptions;
  readonly #tokens = new Map<string, Token>();
  #credentials: Promise<Credentials | undefined> | undefined;
  #challenge: Challenge | undefined;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** The header to send; empty until the registry has asked. Asks for a token when needed. */
  async headers(scopes: readonly string[]): Promise<Record<string, string>> {
    if (!this.#challenge) return {};
    if (this.#challenge.scheme === 'basic') {
      const credentials = await this.#find();
      return credentials ? { authorization: basic(credentials) } : {};
    }
    return { authorization: `Bearer ${(await this.#token(this.#challenge, scopes)).value}` };
  }

  /**
   * Takes notice of a 401. True when the request is worth sending again: we have something to
   * say that the refused request did not.
   */
  async accept(
    response: HttpResponse,
    sent: Readonly<Record<string, string>>,
    scopes: readonly string[],
  ): Promise<boolean> {
    const challenges = parseChallenges(response.headers['www-authenticate'] ?? '');
    const challenge =
      challenges.find(({ scheme }) => scheme === 'bearer') ??
      challenges.find(({ scheme }) => scheme === 'basic');
    if (!challenge) return false;
    this.#challenge = challenge;
    // A token that was refused is worth nothing, whatever it says of its age.
    if (sent.authorization?.startsWith('Bearer ')) this.#tokens.delete(keyOf(scopes));
    const again = await this.headers(scopes);
    return again.authorization != null && again.authorization !== sent.authorization;
  }

  async #token(challenge: Challenge, scopes: readonly string[]): Promise<Token> {
    const now = this.#options.now();
    const known = this.#tokens.get(keyOf(scopes));
    if (known && known.expires > now.getTime()) return known;
    const { transport, registry, signal } = this.#options;
    const credentials = await this.#find();
    const token = await fetchToken(transport, {
      challenge,
      scopes,
      credentials,
      registry,
      now,
      signal,
    });
    this.#tokens.set(keyOf(scopes), token);
    return token;
  }

  #find(): Promise<Credentials | undefined> {
    this.#credentials ??= this.#options.credentials();
    return this.#credentials;
  }
}

function keyOf(scopes: readonly string[]): string {
  return [...scopes].sort().join(' ');
}
