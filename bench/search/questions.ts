import { createRandom, type Findable } from './people.ts';

/** A query with known results: any of `answers` must be among the first `within` hits. */
export type Asked = { text: string; answers: ReadonlySet<string>; within: number };
export type QuestionClass = { name: string; wanted: number; asked: Asked[] };

const EACH = 1000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Marks in Unicode's decomposition, which people leave out when they type without accents. */
const ACCENT = /\p{M}/gu;

/** The text with one letter left out, inserted, replaced, or swapped with the next. */
export function misspell(text: string, random: (below: number) => number): string {
  const at = random(text.length);
  const letter = LETTERS[random(LETTERS.length)]!;
  const kind = random(4);
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1);
  if (kind === 1) return text.slice(0, at) + letter + text.slice(at);
  if (kind === 2 || at + 1 === text.length) return text.slice(0, at) + letter + text.slice(at + 1);
  return text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
}

/** Queries of each class, made from real names with a fixed seed. */
export function makeQuestions(people: readonly Findable[]): QuestionClass[] {
  const random = createRandom(7);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)]!;
  const foldedName = ({ username }: Findable) => username.toLowerCase();
  const sorted = people.toSorted((a, b) => (foldedName(a) < foldedName(b) ? -1 : 1));
  const usernames = new Set(people.map(foldedName));
  const byLength = (least: number) => people.filter(({ username }) => username.length >= least);

  const edit = (text: string) => misspell(text, random);
  const times = (make: () => Asked): Asked[] => Array.from({ length: EACH }, make);
  const of = ({ id }: Findable, text: string, within: number): Asked => ({ text, answers: new Set([id]), within });

  const bearers = bearersOf(people);
  const surnames = [...bearers.keys()].filter((word) => word.length > 2);
  /**
   * Half of the surnames, chosen independently of their letters: one half for tuning, the other for the reported
   * figures.
   */
  const half = (isTuned: boolean) =>
    surnames.filter((word) => ([...word].at(-1)!.codePointAt(0)! + word.length) % 2 === Number(isTuned));
  /** Anybody who has it as a whole word. */
  const surname = (isTuned: boolean) => (): Asked => {
    const text = pick(half(isTuned));
    return { text, answers: bearers.get(text)!, within: 1 };
  };

  /**
   * The most popular people whose username begins with the query, found by a scan. A whole word is a query for its
   * owner.
   */
  const prefix = (): Asked => {
    const { username } = pick(byLength(4));
    const text = username.slice(0, 3 + random(username.length - 3)).toLowerCase();
    if (usernames.has(text) || bearers.has(text)) return prefix();
    const from = sorted.findIndex((one) => foldedName(one) >= text);
    const found: Findable[] = [];
    for (let at = from; at < sorted.length && foldedName(sorted[at]!).startsWith(text); at++) found.push(sorted[at]!);
    const most = Math.max(...found.map(({ degree }) => degree));
    return { text, answers: new Set(found.filter(({ degree }) => degree === most).map(({ id }) => id)), within: 1 };
  };
  const accented = people.filter(({ displayName }) => /\p{Script=Latin}\p{M}/u.test(displayName.normalize('NFD')));

  return [
    { name: 'exact username, any case', wanted: 0.99, asked: times(() => cased(pick(people))) },
    { name: 'a name as a whole word, tuned on', wanted: 0.99, asked: times(surname(true)) },
    { name: 'a name as a whole word, unseen', wanted: 0.99, asked: times(surname(false)) },
    { name: 'beginning of a username', wanted: 0.99, asked: times(prefix) },
    { name: 'one typo', wanted: 0.95, asked: times(() => typed(5, edit)) },
    { name: 'two typos', wanted: 0.85, asked: times(() => typed(9, (text) => edit(edit(text)))) },
    {
      name: 'accents dropped',
      wanted: 0.95,
      asked: times(() => {
        const person = pick(accented);
        return of(person, person.displayName.normalize('NFD').replace(ACCENT, ''), 10);
      }),
    },
    {
      name: 'words swapped',
      wanted: 0.95,
      asked: times(() => {
        const person = pick(people);
        return of(person, person.displayName.split(' ').reverse().join(' '), 10);
      }),
    },
    {
      name: 'words swapped, one typo',
      wanted: 0.85,
      asked: times(() => {
        const person = pick(
          people.filter(({ displayName }) => displayName.split(' ').every((word) => word.length > 4)),
        );
        const [first, last] = person.displayName.split(' ') as [string, string];
        return of(person, `${edit(last)} ${first}`, 10);
      }),
    },
  ];

  function cased(person: Findable): Asked {
    return of(person, random(2) ? person.username.toUpperCase() : person.username, 1);
  }
  function typed(least: number, change: (text: string) => string): Asked {
    const person = pick(byLength(least));
    const text = change(person.username);
    // A typo that makes another username is a query for that one.
    return usernames.has(text.toLowerCase()) ? typed(least, change) : of(person, text, 10);
  }
}

/** People by each of their words, in lower case without accents. */
function bearersOf(people: readonly Findable[]): Map<string, Set<string>> {
  const bearers = new Map<string, Set<string>>();
  for (const { id, username, displayName } of people) {
    const words = `${username.replaceAll('_', ' ')} ${displayName}`.normalize('NFD').replace(ACCENT, '');
    for (const word of words.toLowerCase().split(/\s+/)) {
      bearers.set(word, (bearers.get(word) ?? new Set()).add(id));
    }
  }
  return bearers;
}
