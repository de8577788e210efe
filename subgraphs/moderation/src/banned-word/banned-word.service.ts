import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, readOf } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { parseBannedWord } from '@tintype/text';
import type pg from 'pg';
import { addAuditEntry } from '#audit/audit.repository.ts';
import type { AddBannedWordErrorCode, RemoveBannedWordErrorCode } from '#generated/graphql.ts';
import type { Staff } from '#staff/staff.ts';
import { MAX_BANNED_WORDS } from '../limits.ts';
import type { BannedWordList, BannedWordModel } from './banned-word.model.ts';
import {
  countBannedWords,
  deleteBannedWord,
  findBannedWord,
  findBannedWordList,
  insertBannedWord,
  listBannedWords,
  lockBannedWords,
} from './banned-word.repository.ts';

export type BannedWordService = {
  /** Newest first. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(args: PageArgs): Promise<Connection<BannedWordModel>>;
  /** @returns null if the list still has this version */
  listSince(version: bigint): Promise<BannedWordList | null>;
  /** If the word is in the list, returns it unchanged. */
  add(staff: Staff, text: string): Promise<{ bannedWord: BannedWordModel } | { error: AddBannedWordErrorCode }>;
  /** @returns a null word if it was not in the list */
  remove(staff: Staff, text: string): Promise<{ word: string | null } | { error: RemoveBannedWordErrorCode }>;
};

/** The name of the list in its cursors. */
const CURSOR = 'bannedWords';

/** The banned words. The subgraphs that have texts read the list and keep it for some seconds. */
export function createBannedWordService(deps: { pool: pg.Pool; ids: IdGenerator }): BannedWordService {
  const { pool, ids } = deps;
  return {
    async page(args) {
      const page = pageArgs(args, CURSOR, 1);
      return connection(
        await listBannedWords(pool, readOf(page)),
        page,
        (row) => row,
        ({ id }) => encodeCursor(page.kind, [id]),
      );
    },
    listSince: (version) => findBannedWordList(pool, version),
    async add(staff, text) {
      const word = storedForm(text);
      if (word === null) return { error: 'WORD_INVALID' };
      const known = await findBannedWord(pool, word);
      if (known) return { bannedWord: known };
      return transaction(pool, async (tx) => {
        await lockBannedWords(tx, ids.next());
        const added = await findBannedWord(tx, word);
        if (added) return { bannedWord: added };
        if ((await countBannedWords(tx)) >= MAX_BANNED_WORDS) return { error: 'TOO_MANY_BANNED_WORDS' };
        const bannedWord = await insertBannedWord(tx, ids.next(), word);
        await addAuditEntry(tx, { id: ids.next(), kind: 'WORD_ADDED', actorId: staff.userId, detail: word });
        return { bannedWord };
      });
    },
    async remove(staff, text) {
      const word = storedForm(text);
      if (word === null) return { error: 'WORD_INVALID' };
      return transaction(pool, async (tx) => {
        await lockBannedWords(tx, ids.next());
        if (!(await deleteBannedWord(tx, word))) return { word: null };
        await addAuditEntry(tx, { id: ids.next(), kind: 'WORD_REMOVED', actorId: staff.userId, detail: word });
        return { word };
      });
    },
  };
}

function storedForm(text: string): string | null {
  const parsed = parseBannedWord(text);
  return parsed && `${parsed.keys[0]}${parsed.isPrefix ? '*' : ''}`;
}
