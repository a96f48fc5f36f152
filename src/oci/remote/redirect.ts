import { LockstepError } from '../../system/error.ts';
import { type HttpRequest, type HttpResponse, placeOf, type Transport } from './transport.ts';

/** Redirects that one request follows. */
const REDIRECT_LIMIT = 5;

/**
 * Sends a request and follows redirects until an answer that is none, or one that `isAnswer`
 * takes for what was asked. A login is told to no other origin; HTTPS never leads to plain HTTP.
 */
export async function followRedirects(
  transport: Transport,
  start: HttpRequest,
  isAnswer: (status: number) => boolean = () => false,
): Promise<HttpResponse> {
  let request = start;
  for (let count = 0; count <= REDIRECT_LIMIT; count += 1) {
    const response = await transport(request);
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(response.status) || !location) return response;
    if (isAnswer(response.status)) return response;
    response.discard();
    request = redirected(request, location);
  }
  throw new LockstepError('registry', `${placeOf(start.url)} redirects in circles`);
}

/** The request at its new place: another origin learns nothing of our login (RFC 9110, 15.4). */
function redirected(request: HttpRequest, location: string): HttpRequest {
  if (!URL.canParse(location, request.url.href)) {
    throw new LockstepError('registry', `${placeOf(request.url)} redirects to nowhere`);
  }
  const url = new URL(location, request.url);
  if (request.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw new LockstepError('registry', `${placeOf(request.url)} redirects to plain HTTP`);
  }
  if (url.origin === request.url.origin) return { ...request, url };
  const { authorization: _, ...headers } = request.headers ?? {};
  return { ...request, url, headers };
}
