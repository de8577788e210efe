import { Argument, createCommand, runCommand } from '@tintype/cli';
import { benchCatchUp } from './catch-up/catch-up.bench.ts';
import { benchLogins } from './edge/logins.bench.ts';
import { benchProtections } from './edge/protections.bench.ts';
import { benchRefusals } from './edge/refusals.bench.ts';
import { benchLikes } from './engagement/likes.bench.ts';
import { benchLikeRequests } from './engagement/requests.bench.ts';
import { benchCoEngagement } from './explore/co-engagement.bench.ts';
import { benchFaults } from './faults/faults.bench.ts';
import { benchFeed } from './feed/feed.bench.ts';
import { progress, say } from './fixture/fixture.ts';
import { type Result, writeResult } from './fixture/results.ts';
import { benchFollowedHashtags } from './hashtag/followed-hashtags.bench.ts';
import { benchLive } from './live/live.bench.ts';
import { benchMedia } from './media/media.bench.ts';
import { benchResident } from './memory/resident.bench.ts';
import { benchTimelineMemory } from './memory/timeline-memory.bench.ts';
import { benchOverload } from './overload/overload.bench.ts';
import { benchPeople } from './people/people.bench.ts';
import { benchRelevance } from './search/relevance.bench.ts';
import { benchSearch } from './search/search.bench.ts';
import { benchTimeline } from './timeline/timeline.bench.ts';
import { benchWorstDocument } from './worst-document/worst-document.bench.ts';

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
  refusals: benchRefusals,
  logins: benchLogins,
  protections: benchProtections,
  people: benchPeople,
  'co-engagement': benchCoEngagement,
  search: benchSearch,
  relevance: benchRelevance,
  'followed-hashtags': benchFollowedHashtags,
  'worst-document': benchWorstDocument,
};

const names = Object.keys(BENCHES);

await runCommand(
  createCommand('npm run bench --')
    .description('Runs benchmarks, all of them if none is named, and writes bench/results. Fails if a goal is missed.')
    .addArgument(new Argument('[name...]', 'which benchmarks').choices(names))
    .action(async (asked) => {
      const chosen = asked.length > 0 ? asked : names;
      const task = progress.start('benchmarks', chosen.length);
      try {
        for (const [done, name] of chosen.entries()) {
          say(`bench ${name}`);
          const result = await BENCHES[name]!();
          say(`\n${writeResult(name, result)}`);
          task.update(done + 1);
          if (result.goal?.held === false) process.exitCode = 1;
        }
      } finally {
        task.end();
      }
    }),
);
