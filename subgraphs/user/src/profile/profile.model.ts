import type { AccountModel } from '#account/account.model.ts';

export type ProfileLink = { title: string; url: string };

/** A person whom a bio mentions: the unique form of the name, and who had it when the bio was written. */
export type BioMention = { name: string; id: string };

/** A part of a text, in UTF-16 code units. */
export type TextRange = { start: number; end: number };

export type BioMentionModel = { range: TextRange } & { account: AccountModel };
export type BioLinkModel = { range: TextRange } & { url: string };
export type BioEntityModel = BioMentionModel | BioLinkModel;
