import { didYouMean } from '../../../system/nearest.ts';
import { apt, type PrivateApt } from './private-apt.ts';

/** ` (did you mean NAME?)` for a package that the indexes do not have, or nothing. */
export async function didYouMeanPackage(place: PrivateApt, name: string): Promise<string> {
  const known = await apt(place, 'apt-cache', ['pkgnames'], { lock: 'shared' });
  return didYouMean(name, known.stdout.split('\n').filter(Boolean));
}
