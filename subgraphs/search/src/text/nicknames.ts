/**
 * Short forms of given names, a group each: whoever asks for one finds people of the others, after everybody whose name fits. Folded.
 * Only what is usual in writing and means one name: Alex, Sam and the like would find half of everybody.
 */
export const NICKNAMES: readonly (readonly string[])[] = [
  ['william', 'bill', 'billy', 'will'],
  ['robert', 'bob', 'bobby', 'rob'],
  ['richard', 'dick', 'rick'],
  ['elizabeth', 'liz', 'lizzie', 'beth', 'betty'],
  ['margaret', 'maggie', 'peggy', 'meg'],
  ['katherine', 'catherine', 'kate', 'katie', 'kathy'],
  ['michael', 'mike', 'mick'],
  ['james', 'jim', 'jimmy'],
  ['thomas', 'tom', 'tommy'],
  ['edward', 'ed', 'eddie', 'ted'],
  ['josef', 'joseph', 'joe', 'sepp'],
  ['johannes', 'hannes', 'hans'],
  ['francisco', 'paco', 'pancho'],
  ['jose', 'pepe'],
  ['dolores', 'lola'],
  ['giuseppe', 'peppe', 'beppe'],
  ['aleksandr', 'sasha'],
  ['mikhail', 'misha'],
  ['ekaterina', 'katya'],
  ['dmitri', 'dima'],
];
