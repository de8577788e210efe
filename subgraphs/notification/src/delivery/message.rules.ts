import type { Message } from '#channel/channel.ts';
import type { Note } from './note.reader.ts';

/** What came together is told one by one up to here, and as one message beyond: after quiet hours, or when a post is liked by many. */
const ONE_BY_ONE = 3;
/** Lines of what tells of several. */
const LINES = { push: 4, mail: 20 } as const;

/** The message of each note, or one of all. @param notes newest first @returns each with the ids that it tells of */
export function pushesOf(notes: readonly Note[], appUrl: string): { ids: bigint[]; message: Message }[] {
  if (notes.length > ONE_BY_ONE)
    return [{ ids: notes.map(({ id }) => id), message: together(notes, LINES.push, appUrl) }];
  return notes.map((note) => ({ ids: [note.id], message: alone(note) }));
}

export function mailOfNotes(notes: readonly Note[], appUrl: string): Message {
  return notes.length === 1 ? alone(notes[0]!) : together(notes, LINES.mail, appUrl);
}

function alone({ id, line, url }: Note): Message {
  return { tag: `n${id}`, lines: [line], more: 0, url };
}

function together(notes: readonly Note[], most: number, url: string): Message {
  const lines = notes.slice(0, most).map(({ line }) => line);
  return { tag: 'several', lines, more: notes.length - lines.length, url };
}
