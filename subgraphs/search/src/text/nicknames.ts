/**
 * Groups of short forms of given names, folded. A search for one also finds people with the others, after everybody
 * whose name matches. Only common forms of one name: Alex, Sam and the like would match far too many people.
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
