import { findLinks, findMentions } from '@tintype/text';
import { uniqueForm } from '#account/account.rules.ts';
import type { BioMention, TextRange } from './profile.model.ts';

/** A link or mention in a bio. */
export type BioPart = { range: TextRange } & ({ url: string } | { userId: bigint });

/** The links and mentions in a bio, in order. @param mentions the accounts that the names in it belong to */
export function partsOfBio(bio: string, mentions: readonly BioMention[]): BioPart[] {
  const ids = new Map(mentions.map(({ name, id }) => [name, BigInt(id)]));
  const people = findMentions(bio).flatMap(({ username, start, end }) => {
    const userId = ids.get(uniqueForm(username));
    return userId === undefined ? [] : [{ start, end, userId }];
  });
  return [...people, ...findLinks(bio)]
    .sort((one, other) => one.start - other.start)
    .map(({ start, end, ...part }) => ({ ...part, range: { start, end } }));
}
