import type { Executor } from '@tintype/postgres';
import type { PostModel } from '#entities/entities.model.ts';
import { findWords, setCommentsEnabled, setWords } from './comment-settings.repository.ts';

export type SettingService = {
  setCommentsEnabled(post: PostModel, enabled: boolean): Promise<void>;
  /** Words that hide comments on a person's posts. */
  words(userId: bigint): Promise<string[]>;
  /** Applies to future comments only. */
  setWords(userId: bigint, words: readonly string[]): Promise<void>;
};

export function createSettingService(deps: { pool: Executor }): SettingService {
  const { pool } = deps;
  return {
    setCommentsEnabled: (post, enabled) => setCommentsEnabled(pool, post, enabled),
    words: (userId) => findWords(pool, userId),
    setWords: (userId, words) => setWords(pool, userId, words),
  };
}
