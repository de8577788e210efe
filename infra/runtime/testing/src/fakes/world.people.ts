import type { IdGenerator } from '@tintype/ids';
import type { NeighbourEvents } from './neighbour-events.ts';
import type { WorldPerson } from './world.model.ts';

export type WorldPeople = {
  people: ReadonlyMap<bigint, WorldPerson>;
  /** People with public accounts. */
  register(count: number): Promise<bigint[]>;
  /** One person with a profile. */
  registerAs(
    profile: Partial<Pick<WorldPerson, 'id' | 'username' | 'displayName' | 'email' | 'isPrivate'>>,
  ): Promise<bigint>;
  updateProfile(
    id: bigint,
    change: Partial<Pick<WorldPerson, 'username' | 'displayName' | 'isPrivate'>>,
  ): Promise<void>;
  setPrivate(id: bigint, isPrivate?: boolean): Promise<void>;
  deactivate(id: bigint): Promise<void>;
  reactivate(id: bigint): Promise<void>;
  deleteAccount(id: bigint): Promise<void>;
};

/** Accounts, as the user subgraph has them. */
export function createPeople(deps: { ids: IdGenerator; publish: NeighbourEvents['publish'] }): WorldPeople {
  const { ids, publish } = deps;
  const people = new Map<bigint, WorldPerson>();
  let version = 1n;

  const profileOf = ({ id, username, displayName, isPrivate, visibilityVersion }: WorldPerson) => {
    return { userId: String(id), username, displayName, isPrivate, visibilityVersion: String(visibilityVersion) };
  };
  const setState = (id: bigint, state: WorldPerson['state']): WorldPerson =>
    Object.assign(personIn(people, id), { state, visibilityVersion: ++version });
  const stateOf = ({ id, visibilityVersion }: WorldPerson) => {
    return { userId: String(id), visibilityVersion: String(visibilityVersion) };
  };

  const registerAs: WorldPeople['registerAs'] = async (profile) => {
    const id = profile.id ?? ids.next();
    const username = profile.username ?? `person${people.size}`;
    const person: WorldPerson = {
      id,
      username,
      displayName: '',
      email: `${username}@example.org`,
      isPrivate: false,
      ...profile,
      state: 'ACTIVE',
      visibilityVersion: 1n,
    };
    people.set(id, person);
    await publish('tintype.user.account.registered.v1', String(id), profileOf(person));
    return id;
  };
  const updateProfile: WorldPeople['updateProfile'] = async (id, change) => {
    const person = personIn(people, id);
    if (change.isPrivate !== undefined && change.isPrivate !== person.isPrivate) person.visibilityVersion = ++version;
    Object.assign(person, change);
    await publish('tintype.user.account.updated.v1', String(id), profileOf(person));
  };

  return {
    people,
    async register(count) {
      const registered: bigint[] = [];
      for (let made = 0; made < count; made++) registered.push(await registerAs({}));
      return registered;
    },
    registerAs,
    updateProfile,
    setPrivate: (id, isPrivate = true) => updateProfile(id, { isPrivate }),
    deactivate: (id) =>
      publish('tintype.user.account.deactivated.v1', String(id), stateOf(setState(id, 'DEACTIVATED'))),
    reactivate: (id) => publish('tintype.user.account.reactivated.v1', String(id), profileOf(setState(id, 'ACTIVE'))),
    deleteAccount: (id) => publish('tintype.user.account.deleted.v1', String(id), stateOf(setState(id, 'DELETED'))),
  };
}

/** @throws RangeError if nobody has this id */
export function personIn(people: ReadonlyMap<bigint, WorldPerson>, id: bigint): WorldPerson {
  const person = people.get(id);
  if (person) return person;
  throw new RangeError(`There is no person ${id} in this world.`);
}
