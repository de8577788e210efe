export type BannedWordModel = {
  id: bigint;
  /** As it is compared, with an asterisk if words that begin with it are banned as well. */
  word: string;
  createdAt: Date;
};

/** All banned words. Two lists with the same version are the same. */
export type BannedWordList = { version: bigint; words: string[] };
