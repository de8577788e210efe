import { benchCatchUp } from './catch-up/catch-up.bench.ts';
import { benchLikes } from './engagement/likes.bench.ts';
import { benchLikeRequests } from './engagement/requests.bench.ts';
import { benchTaste } from './explore/taste.bench.ts';
import { benchFaults } from './faults/faults.bench.ts';
import { benchFeed } from './feed/feed.bench.ts';
import { benchFollowedHashtags } from './hashtag/followed-hashtags.bench.ts';
import { benchLive } from './live/live.bench.ts';
import { benchMedia } from './media/media.bench.ts';
import { benchResident } from './memory/resident.bench.ts';
import { benchTimelineMemory } from './memory/timeline-memory.bench.ts';
import { benchOverload } from './overload/overload.bench.ts';
import { benchPeople } from './people/people.bench.ts';
import { benchRelevance } from './search/relevance.bench.ts';
import { benchSearch } from './search/search.bench.ts';
import { type Result, writeResult } from './stage/results.ts';
import { say } from './stage/stage.ts';
import { benchTimeline } from './timeline/timeline.bench.ts';
import { benchWorstDocument } from './worst-document/worst-document.bench.ts';

// `npm run bench [-- <name> …]`: what is named, or everything.
const BENCHES: Record<string, () => Promise<Result>> = {
  timeline: benchTimeline,
  feed: benchFeed,
  media: benchMedia,
  'timeline-memory': benchTimelineMemory,
  resident: benchResident,
  likes: benchLikes,
  'like-requests': benchLikeRequests,
  'catch-up': benchCatchUp,
  live: benchLive,
  overload: benchOverload,
  faults: benchFaults,
  people: benchPeople,
  taste: benchTaste,
  search: benchSearch,
  relevance: benchRelevance,
  'followed-hashtags': benchFollowedHashtags,
  'worst-document': benchWorstDocument,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHES[name]);
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}: there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  say(`bench ${name}`);
  const result = await BENCHES[name]!();
  writeResult(name, result);
  if (result.goal?.held === false) process.exitCode = 1;
}
