import { createListLoader, type ListLoader, type ListPart } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { ConnectionList } from './connection.repository.ts';
import { type ListedPerson, listPeople } from './connection.repository.ts';

/** Each kind of list, by the person it belongs to. Does not check who may see it. */
export type ConnectionLists = Record<ConnectionList, ListLoader<bigint, ListedPerson>>;

export function createConnectionLists(pool: Executor): ConnectionLists {
  const listOf = (list: ConnectionList) =>
    createListLoader((parts: readonly ListPart<bigint>[], direction) => listPeople(pool, list, parts, direction));
  return {
    followers: listOf('followers'),
    following: listOf('following'),
    followRequests: listOf('followRequests'),
    blockedUsers: listOf('blockedUsers'),
    mutedUsers: listOf('mutedUsers'),
    restrictedUsers: listOf('restrictedUsers'),
    closeFriends: listOf('closeFriends'),
  };
}
