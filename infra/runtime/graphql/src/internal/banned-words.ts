import { withTimeout } from '@tintype/bounds';
import { BannedWordListDocument } from '@tintype/schema/internal/moderation';
import { counter, type Log } from '@tintype/telemetry';
import { compileWordList, parseBannedWord } from '@tintype/text';
import { type SubgraphClient, SubgraphError } from '../client.ts';
import { platformIdentity } from '../subgraph.ts';

/** Whether a text contains a banned word. */
export type HasBannedWord = (text: string) => boolean;

/** Whose text it is, and what it must not contain. */
export type TextPolicy = { hasBannedWord: HasBannedWord; isNewAccount: boolean };

export type BannedWords = {
  /**
   * By the list of the moderation subgraph, which is at most ten seconds old. If that subgraph is unavailable, the last
   * list that this process has read counts. Before it has read one, no word is banned.
   */
  current(): Promise<HasBannedWord>;
};

/** After a failed attempt as well. */
const MAX_AGE_MS = 10_000;
/** A write waits no longer than this for the list. */
const TIMEOUT_MS = 500;

const refused = counter('texts_with_banned_words_total', 'Texts that were refused because of a banned word', []);
const reads = counter('banned_word_list_reads_total', 'Attempts to read the list of banned words', ['outcome']);

/** @param deps.now milliseconds that only grow */
export function createBannedWords(deps: { client: SubgraphClient; log: Log; now?: () => number }): BannedWords {
  const { client, log, now = () => performance.now() } = deps;
  let known = { version: '0', hasWord: compileWordList([]) };
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    try {
      const { bannedWordList: list } = await withTimeout(
        () => client.request(BannedWordListDocument, { version: known.version }, platformIdentity()),
        {
          ms: TIMEOUT_MS,
          timeoutError: () => new SubgraphError('moderation', 'UNAVAILABLE', `did not answer within ${TIMEOUT_MS} ms`),
        },
      );
      reads.inc({ outcome: list ? 'changed' : 'unchanged' });
      if (!list) return;
      const words = list.words.map(parseBannedWord).filter((word) => word !== null);
      known = { version: list.version, hasWord: compileWordList(words) };
    } catch (error) {
      if (!(error instanceof SubgraphError)) throw error;
      reads.inc({ outcome: 'failed' });
      log.warn({ error }, 'The list of banned words could not be read. The last known one counts.');
    } finally {
      readAt = now();
      reading = null;
    }
  };

  return {
    async current() {
      if (now() - readAt >= MAX_AGE_MS) {
        reading ??= read();
        await reading;
      }
      const { hasWord } = known;
      return (text) => {
        const isRefused = hasWord(text);
        if (isRefused) refused.inc();
        return isRefused;
      };
    },
  };
}
