import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

export type BreakingChange = {
  /** The coordinate: `Type.field`, `Type.field(argument:)`, `Enum.VALUE`, or the name of a type. */
  coordinate: string;
  message: string;
};

/** Changes from the released schema to the current one that break clients. Both are SDL. */
export async function findBreakingChanges(released: string, current: string): Promise<BreakingChange[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  const added = new Set(changes.filter(({ type }) => type === 'FIELD_ADDED').map(coordinateOf));
  return changes
    .filter(
      (change) =>
        change.criticality.level === CriticalityLevel.Breaking ||
        (closesField(change) && !added.has(coordinateOf(change))),
    )
    .map((change) => ({ coordinate: coordinateOf(change), message: change.message }));
}

/** Visitors could use a field before it got `@authenticated`. */
function closesField({ type, path }: Change): boolean {
  return type === 'DIRECTIVE_USAGE_FIELD_DEFINITION_ADDED' && path?.endsWith('.@authenticated') === true;
}

function coordinateOf({ path, message }: Change): string {
  const [type, field, argument] = (path ?? message).split('.');
  if (argument !== undefined && !argument.startsWith('@')) return `${type}.${field}(${argument}:)`;
  return field === undefined ? type! : `${type}.${field}`;
}

/**
 * Coordinates that the changelog lists as changed since the last release, each with its reason: `` - `Query.user(id:)`:
 * because … `` under the heading Unreleased.
 */
export function listedChanges(changelog: string): Map<string, string> {
  const unreleased = changelog.split(/^## /m).find((section) => section.startsWith('Unreleased')) ?? '';
  const entries = unreleased.matchAll(/^- `([^`]+)`: (\S.*)$/gm);
  return new Map([...entries].map(([, coordinate, reason]) => [coordinate!, reason!]));
}

/** Breaking changes that the changelog does not list. */
export async function findUnlistedChanges(files: {
  released: string;
  current: string;
  changelog: string;
}): Promise<BreakingChange[]> {
  const listed = listedChanges(files.changelog);
  const changes = await findBreakingChanges(files.released, files.current);
  return changes.filter(({ coordinate }) => !listed.has(coordinate));
}
