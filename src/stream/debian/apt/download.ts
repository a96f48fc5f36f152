import { constants, existsSync, lstatSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile } from '../../../system/digest.ts';
import { aptFailure } from './failure.ts';
import { apt, type PrivateApt } from './private-apt.ts';

/** One file that must come with exactly this content. */
export interface WantedFile {
  uri: string;
  /** 64 hex digits. */
  sha256: string;
  size: number;
  /** Where it goes; taken as right when something of the right size is there already. */
  path: string;
}

export interface DownloadOptions {
  /** Downloads at a time. Default 4. */
  parallel?: number;
  /** Called after each file with the number of files and bytes that are there. */
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  files: number;
  ofFiles: number;
  bytes: number;
  ofBytes: number;
}

/** Files that one program of apt fetches: enough to use a connection well, few enough to resume. */
const BATCH = 12;

/**
 * Fetches files through apt's own methods (so proxies, credentials and certificates of the
 * machine count), checks size and sha256 of each, and puts it in place at one blow. What an
 * earlier, killed run fetched in part is continued. Returns the files that the servers do not
 * have (any more); throws `network` or `archive` when they cannot be asked.
 */
export async function download(
  place: PrivateApt,
  files: readonly WantedFile[],
  options: DownloadOptions = {},
): Promise<WantedFile[]> {
  const missing = files.filter((file) => !isFile(file.path));
  const progress = startProgress(files, missing, options);
  const batches = batchesOf(missing);
  const refused: WantedFile[] = [];
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      refused.push(...(await downloadBatch(place, batch, progress)));
    }
  };
  await Promise.all(Array.from({ length: options.parallel ?? 4 }, worker));
  return refused;
}

/** Big files first, each in the company of small ones. */
function batchesOf(files: readonly WantedFile[]): WantedFile[][] {
  const count = Math.max(4, Math.ceil(files.length / BATCH));
  const batches = Array.from({ length: count }, (): WantedFile[] => []);
  const sorted = [...files].sort((a, b) => b.size - a.size);
  for (const [index, file] of sorted.entries()) batches[index % count]?.push(file);
  return batches.filter((batch) => batch.length > 0);
}

async function downloadBatch(
  place: PrivateApt,
  batch: readonly WantedFile[],
  onFile: (file: WantedFile) => void,
): Promise<WantedFile[]> {
  let left = batch;
  let said = '';
  for (let attempt = 0; attempt < 2; attempt += 1) {
    said = await fetchOnce(place, left);
    const taken = await Promise.all(left.map(takeIn));
    for (const [index, file] of left.entries()) if (taken[index]) onFile(file);
    left = left.filter((_, index) => !taken[index]);
    const gone = left.filter((file) => isGone(said, file));
    if (gone.length === left.length) return gone;
  }
  throw aptFailure('packages cannot be fetched', said);
}

async function fetchOnce(place: PrivateApt, files: readonly WantedFile[]): Promise<string> {
  for (const file of files) await mkdir(partialFolder(file), { recursive: true });
  const args = files.flatMap(({ uri, sha256, ...file }) => [
    uri,
    partialPath({ ...file, sha256 }),
    `SHA256:${sha256}`,
  ]);
  const result = await apt(place, 'apt-helper', ['download-file', ...args]);
  return result.status === 0 ? '' : `${result.stdout}\n${result.stderr}`;
}

/** Another fetcher of the same folder may have taken in what both were fetching. */
async function takeIn(file: WantedFile): Promise<boolean> {
  try {
    return (await takePartial(file)) || existsSync(file.path);
  } catch (error) {
    if (existsSync(file.path)) return true;
    throw error;
  }
}

/** True when the file is there, whole and right; a wrong one is thrown away. */
async function takePartial(file: WantedFile): Promise<boolean> {
  const partial = partialPath(file);
  await rm(`${partial}.FAILED`, { force: true });
  const { size } = await stat(partial).catch(() => ({ size: -1 }));
  if (size < file.size) return false;
  if (size === file.size && !isFile(partial)) await copyLinked(partial);
  const right = size === file.size && (await digestOfFile(partial)).digest.slice(7) === file.sha256;
  if (right) await rename(partial, file.path);
  else await rm(partial, { force: true });
  return right;
}

/** Of an archive on disk (`file:`) apt leaves a link; a pool must not change with the archive. */
async function copyLinked(partial: string): Promise<void> {
  const fresh = `${partial}.${process.pid}.new`;
  await copyFile(partial, fresh, constants.COPYFILE_FICLONE);
  await rename(fresh, partial);
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** HTTP 404 and 410, and the words of the file method. */
function isGone(said: string, file: WantedFile): boolean {
  const lines = said.split('\n').filter((line) => line.includes(file.uri));
  return lines.some((line) => /\s(404|410)\s|File not found/.test(line));
}

function partialFolder(file: Pick<WantedFile, 'path'>): string {
  return join(file.path, '..', 'partial');
}

function partialPath(file: Pick<WantedFile, 'path' | 'sha256'>): string {
  return join(partialFolder(file), file.sha256);
}

function startProgress(
  files: readonly WantedFile[],
  missing: readonly WantedFile[],
  { onProgress }: DownloadOptions,
): (file: WantedFile) => void {
  const sum = (some: readonly WantedFile[]) => some.reduce((total, { size }) => total + size, 0);
  const ofBytes = sum(files);
  let count = files.length - missing.length;
  let bytes = ofBytes - sum(missing);
  return (file) => {
    count += 1;
    bytes += file.size;
    onProgress?.({ files: count, ofFiles: files.length, bytes, ofBytes });
  };
}
