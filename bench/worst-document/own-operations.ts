import { readdirSync, readFileSync } from 'node:fs';
import { median } from '#fixture/figures.ts';
import type { Asker } from './asker.ts';
import type { Values } from './document.ts';

const OPERATIONS = new URL('../../schema/operations/', import.meta.url);
/** The largest admitted page of home feeds, rounded down to ten. */
const OWN_PAGE = 40;
/** Values for variables of our own operations, except page sizes: objects with much data. */
const GIVEN: Readonly<Record<string, string>> = {
  id: 'post.id',
  ids: 'nodes.ids',
  link: 'post.link',
  postId: 'post.id',
  caseId: 'case.id',
  commentId: 'comment.id',
  username: 'user.username',
  name: 'hashtag.name',
  hashtag: 'influencers.hashtag',
  query: 'search.query',
  prefix: 'suggest.prefix',
  authorId: 'commentedPosts.authorId',
  commenterId: 'commentedPosts.commenterId',
};

/** The platform's own queries with large pages. The limits must always admit them. */
export async function measureOwn(ask: Asker, values: Values, repeats: number): Promise<string> {
  const given = Object.entries(GIVEN).map(([name, key]) => [name, JSON.parse(values[key]![0]!)]);
  const measured: { name: string; ms: number }[] = [];
  for (const file of readdirSync(OPERATIONS)) {
    const text = readFileSync(new URL(file, OPERATIONS), 'utf8');
    const name = /^query (\w+)/.exec(text)?.[1];
    if (!name) continue;
    const times: number[] = [];
    const variables = { ...Object.fromEntries(given), first: name === 'Suggest' ? 20 : OWN_PAGE };
    for (let n = 0; n < repeats; n++) {
      const answer = await ask(text.replace(name, `${name}${n}`), false, variables);
      times.push(answer?.ms ?? Number.NaN);
    }
    measured.push({ name, ms: median(times) });
  }
  measured.sort((one, other) => other.ms - one.ms);
  const first = measured.slice(0, 5).map(({ name, ms }) => `${name} ${ms.toFixed(0)} ms`);
  return `The slowest of our own operations with pages of ${OWN_PAGE}, planned anew, medians: ${first.join(', ')}.`;
}
