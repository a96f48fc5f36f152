import { formatImageName, type ImageName, isNameOnly, parseImageName } from './image-name.ts';
import type { IdentityMatch } from './policy.ts';

/**
 * True when a signature for this identity may stand for the image (containers-image:
 * signature/policy_reference_match.go). Images without a name, in layouts and archives, match only
 * what names its image itself. Which digest was signed is judged elsewhere.
 */
export function matchesIdentity(
  match: IdentityMatch,
  image: ImageName | undefined,
  identity: string,
): boolean {
  const signed = parseImageName(identity);
  const wanted = wantedBy(match, image);
  if (!signed || !wanted) return false;
  switch (match.type) {
    case 'matchRepository':
    case 'exactRepository':
      return signed.name === wanted.name;
    case 'matchExact':
    case 'exactReference':
      return isSame(wanted, signed);
    default:
      return isSameOrByDigest(wanted, signed);
  }
}

function wantedBy(match: IdentityMatch, image: ImageName | undefined): ImageName | undefined {
  switch (match.type) {
    case 'exactReference':
      return parseImageName(match.dockerReference);
    case 'exactRepository':
      return parseImageName(match.dockerRepository);
    case 'remapIdentity':
      return image && remapped(image, match);
    default:
      return image;
  }
}

function isSame(wanted: ImageName, signed: ImageName): boolean {
  if (isNameOnly(wanted) || isNameOnly(signed)) return false;
  return formatImageName(wanted) === formatImageName(signed);
}

/** An image that is asked for by digest needs only its repository named, but with a tag or digest. */
function isSameOrByDigest(wanted: ImageName, signed: ImageName): boolean {
  if (isNameOnly(signed)) return false;
  if (wanted.tag != null) return isSame(wanted, signed);
  return wanted.digest != null && wanted.name === signed.name;
}

/** Undefined when the other name would be none, or not one in full. */
function remapped(
  image: ImageName,
  { prefix, signedPrefix }: { prefix: string; signedPrefix: string },
): ImageName | undefined {
  if (image.name !== prefix && !image.name.startsWith(`${prefix}/`)) return image;
  const text = signedPrefix + formatImageName(image).slice(prefix.length);
  const named = parseImageName(text);
  return named && formatImageName(named) === text ? named : undefined;
}
