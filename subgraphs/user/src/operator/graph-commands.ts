import { type createCommand, InvalidArgumentError } from '@tintype/cli';
import type { TintypeClient } from '@tintype/schema/client';

export type Command = ReturnType<typeof createCommand>;

/** Lets a command use the graph as `username`. */
export type WithClient = (
  options: { username: string; url?: string | undefined },
  work: (client: TintypeClient) => Promise<void>,
) => Promise<void>;

export type GraphCommands = ReturnType<typeof createGraphCommands>;

/** Makes commands that run an operation of the graph and print its result. */
export function createGraphCommands(withClient: WithClient, print: (line: string) => void) {
  /** A command that prints the result of an operation. */
  const graphCommand = (parent: Command, name: string, description: string) =>
    parent
      .command(name)
      .description(description)
      .requiredOption('--as <username>', 'the moderator or admin who acts', parseUsername)
      .option('--url <url>', 'of the platform, instead of PUBLIC_URL')
      .option('--json', 'print JSON');
  const pageCommand = (parent: Command, name: string, description: string) =>
    graphCommand(parent, name, description)
      .option('--first <number>', 'of items, from 1 to 100', parseFirst, 20)
      .option('--after <cursor>', 'start after this cursor, which the previous page printed');

  const run = <Result extends object>(
    options: { as: string; url?: string; json?: true },
    work: (client: TintypeClient) => Promise<Result>,
    linesOf: (result: Result) => string[],
  ): Promise<void> =>
    withClient({ username: options.as, url: options.url }, async (client) => {
      const result = await work(client);
      if (options.json) print(JSON.stringify(result, null, 2));
      else for (const line of linesOf(result)) print(line);
    });

  return { graphCommand, pageCommand, run };
}

/** A username, which people often write with an @. */
export function parseUsername(text: string): string {
  return text.replace(/^@/, '');
}

const parseFirst = parseUpTo(100);
/** @throws InvalidArgumentError */
export const parseDays = parseUpTo(365);

function parseUpTo(most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Use a number from 1 to ${most}.`);
  };
}

/** The variables of a page, from the options of a `pageCommand`. */
export function pageOf({ first, after }: { first: number; after?: string }): { first: number; after: string | null } {
  return { first, after: after ?? null };
}

/** @throws Error with the messages of a refused mutation */
export function accepted<Payload extends { errors: { message: string }[] }>(payload: Payload): Payload {
  if (payload.errors.length > 0) throw new Error(payload.errors.map(({ message }) => message).join('\n'));
  return payload;
}

export function row(...columns: (string | number)[]): string {
  return columns.join('\t');
}

export function nameOf(person: { username: string } | null | undefined): string {
  return person ? `@${person.username}` : '-';
}

/** What people wrote, in one line, and with control characters escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

type Page<Node> = { edges: { node: Node }[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } };

/** The lines of a page of a list, and how to get the next one. */
export function linesOfPage<Node>({ edges, pageInfo }: Page<Node>, rowOf: (node: Node) => string): string[] {
  if (edges.length === 0) return ['The list is empty.'];
  const rows = edges.map(({ node }) => rowOf(node));
  return pageInfo.hasNextPage ? [...rows, `There are more: --after ${pageInfo.endCursor}`] : rows;
}
