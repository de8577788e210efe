import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const DIRECTORY = process.env.TINTYPE_SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** The real input is missing, so nothing can be shown. */
export class DataMissingError extends Error {
  override name = 'DataMissingError';
}

function read(path: string): Buffer {
  const full = join(DIRECTORY, path);
  if (!existsSync(full)) {
    throw new DataMissingError(
      `${full} is missing: this run needs the real input (TINTYPE_SHARED_DATA names its folder)`,
    );
  }
  return readFileSync(full);
}

/** The friendships of the graph, each as a follow in both directions. People are numbered from 0. */
export function readFollows(): { people: number; follows: [number, number][] } {
  const lines = gunzipSync(read('graph/facebook_combined.txt.gz')).toString().trim().split('\n');
  const follows: [number, number][] = [];
  let people = 0;
  for (const line of lines) {
    const [a, b] = line.split(' ').map(Number) as [number, number];
    follows.push([a, b], [b, a]);
    people = Math.max(people, a + 1, b + 1);
  }
  return { people, follows };
}

export const GRAPHS = ['facebook', 'wiki votes', 'github'] as const;
export type GraphName = (typeof GRAPHS)[number];
const GRAPH_FILES: Record<GraphName, string> = {
  facebook: 'facebook_combined',
  'wiki votes': 'wiki-Vote',
  github: 'musae_github_edges',
};

/** A graph of friendships, votes or follows between people, numbered from 0 in the order of their ids. */
export function readGraph(name: GraphName): { people: number; follows: [number, number][]; isMutual: boolean } {
  const isMutual = name !== 'wiki votes';
  const lines = gunzipSync(read(`graph/${GRAPH_FILES[name]}.txt.gz`))
    .toString()
    .trim()
    .split('\n');
  const pairs = lines.map((line) => line.split(/\s+/).map(Number) as [number, number]);
  const ids = [...new Set(pairs.flat())].sort((one, other) => one - other);
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const follows = pairs
    .filter(([one, other]) => one !== other)
    .flatMap(([one, other]): [number, number][] => {
      const pair: [number, number] = [numbers.get(one)!, numbers.get(other)!];
      return isMutual ? [pair, [pair[1], pair[0]]] : [pair];
    });
  return { people: ids.length, follows, isMutual };
}

const TYPES: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp', heic: 'image/heic' };

export type RealPhoto = { name: string; contentType: string; bytes: Buffer<ArrayBuffer> };

/** The photos that a person could post: of an accepted type, complete, and no decompression bombs. */
export function readPhotos(): RealPhoto[] {
  const [header, ...rows] = read('photos/MANIFEST.tsv').toString().trim().split('\n');
  const columns = header!.split('\t');
  const refused = /bomb|truncated|corrupt|svg|avif/;
  return rows
    .map((row) => Object.fromEntries(row.split('\t').map((value, index) => [columns[index], value])))
    .filter((row) => TYPES[row.file!.split('.').at(-1)!] && !refused.test(row.tags!))
    .map((row) => ({
      name: row.file!,
      contentType: TYPES[row.file!.split('.').at(-1)!]!,
      bytes: Buffer.from(read(`photos/${row.file}`)),
    }));
}

/** Real captions for posts. */
export function readCaptions(): string[] {
  const lines = gunzipSync(read('text/coco_val2017_captions.dev.tsv.gz')).toString().trim().split('\n');
  return lines.slice(1).map((line) => line.split('\t').at(-1)!);
}

/** Real usernames, with how many people know the owner of each. */
export function readUsernames(): { username: string; degree: number }[] {
  const lines = read('names/github_usernames.tsv').toString().trim().split('\n').slice(1);
  return lines.map((line) => {
    const [, username, degree] = line.split('\t') as [string, string, string];
    return { username, degree: Number(degree) };
  });
}

/** Common forenames of the world in their usual spelling, without duplicates. */
export function readForenames(): string[] {
  const lines = read('names/common-forenames-by-country.csv').toString().trim().split('\n').slice(1);
  const names = lines
    .map((line) => line.trim().split(',').at(-2) ?? '')
    .filter((name) => /^\p{L}[\p{L}\p{M}]+$/u.test(name));
  return [...new Set(names)];
}
