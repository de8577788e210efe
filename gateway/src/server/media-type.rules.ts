/** Media types of responses of the graph. */
export type MediaType = 'application/json' | 'application/graphql-response+json';

const GRAPH: readonly MediaType[] = ['application/json', 'application/graphql-response+json'];
const PAGE = ['application/json', 'text/html'] as const;

/** The media type of the graph that a client prefers. @returns null if it accepts none */
export function mediaTypeFor(accept: string | undefined): MediaType | null {
  return preferred(accept, GRAPH);
}

/** Whether a client prefers a page to JSON, as browsers do when a person opens a link. */
export function prefersPage(accept: string | undefined): boolean {
  return preferred(accept, PAGE) === 'text/html';
}

/**
 * The media type that a client prefers according to its Accept header. Of two equal ones, the first.
 *
 * @returns null if it accepts none of them
 */
function preferred<Type extends string>(accept: string | undefined, types: readonly Type[]): Type | null {
  if (!accept) return types[0]!;
  const ranges = accept.split(',').map(toRange);
  const ranked = types.map((type) => ({ type, ...bestOf(ranges, type) })).filter(({ quality }) => quality > 0);
  ranked.sort((one, other) => other.quality - one.quality || one.index - other.index);
  return ranked[0]?.type ?? null;
}

type Range = { range: string; quality: number };

function toRange(text: string): Range {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return { range, quality: Number.isNaN(value) ? 0 : value };
}

/** What the most specific range that covers a type says about it. */
function bestOf(ranges: readonly Range[], type: string): { quality: number; index: number } {
  for (const wanted of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const index = ranges.findIndex(({ range }) => range === wanted);
    if (index >= 0) return { quality: ranges[index]!.quality, index };
  }
  return { quality: 0, index: -1 };
}
