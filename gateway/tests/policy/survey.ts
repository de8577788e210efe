import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
} from 'graphql';
import type { Person } from '../platform/people.ts';
import { idPathsOf, inputValueOf } from '../platform/selection.ts';
import type { Audience } from './audiences.ts';
import { schema } from './schema.ts';
import type { Subject } from './subject.ts';

/**
 * What an audience gets of a field, from least to most: the object around it does not exist for them; the field is
 * refused with a code; it is null; it is empty (an empty list, 0, false, an empty text); it has a value. A mutation is
 * refused with a code, or done.
 */
export type Finding = string;

/** Findings by `Type.field of object`. */
export type Findings = Map<string, Finding>;

const MISSING = 'missing';
const BEFORE_EXECUTION = /TOO_|^BAD_|VALIDATION|PARSE|^RATE_/;
const RANKS = [MISSING, 'null', 'empty', 'shown', 'done'];

/** How much a finding says: codes come after objects that are missing. */
export function rankOf(finding: Finding): number {
  const rank = RANKS.indexOf(finding);
  return rank === -1 ? 0.5 : rank;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Answer = {
  data?: { [key: string]: Json } | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
};

const isEntity = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Node');
/** Parts of a list, which are there for everybody who may ask for it. */
const isFrame = ({ name }: GraphQLObjectType) => name === 'PageInfo';

/** The fields of the graph that the table has, apart from mutations. */
export function fieldsOfTable(): string[] {
  const reached = new Set<GraphQLObjectType>();
  const visit = (type: GraphQLObjectType) => {
    if (reached.has(type) || isFrame(type)) return;
    reached.add(type);
    for (const field of Object.values(type.getFields())) for (const one of objectTypesOf(field)) visit(one);
  };
  visit(schema.getQueryType()!);
  return [...reached].flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
}

function objectTypesOf({ type }: GraphQLField<unknown, unknown>): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}

/** A selection that stops at objects with IDs, which are looked at on their own. */
function select(field: GraphQLField<unknown, unknown>): string {
  const types = objectTypesOf(field);
  if (types.length === 0) return '';
  const parts = types.map((type) => {
    const below = isEntity(type)
      ? 'id'
      : Object.values(type.getFields())
          .filter(({ args }) => !args.some(({ type: given }) => isNonNullType(given)))
          .map((one) => `${types.length > 1 ? `${aliasOf(type, one)}: ` : ''}${one.name} ${select(one)}`)
          .join(' ');
    return `... on ${type.name} { __typename ${below} }`;
  });
  return `{ ${parts.join(' ')} }`;
}

/** Types of one selection may have fields of one name with different types. */
function aliasOf(type: GraphQLObjectType, { name }: GraphQLField<unknown, unknown>): string {
  return `${name}Of${type.name}`;
}

/** @param endpoint of the graph */
export function createSurvey(endpoint: string) {
  const ask = async (query: string, variables: object, viewer: Person | null): Promise<Answer> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(viewer && { authorization: `Bearer ${viewer.token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as Answer;
    // A request that is refused before it runs would say nothing.
    const refused = answer.errors?.find(({ extensions }) => BEFORE_EXECUTION.test(extensions.code));
    if (refused) throw new Error(`${refused.message}: ${query}`);
    return answer;
  };

  /** Records what the fields below a value have. */
  const record = (found: Findings, object: string, type: GraphQLObjectType, value: { [key: string]: Json }): void => {
    for (const field of Object.values(type.getFields())) {
      const alias = aliasOf(type, field);
      const name = alias in value ? alias : field.name;
      if (!(name in value) || isFrame(type)) continue;
      const result = value[name]!;
      keep(found, keyOf(type, field, object), levelOf(result));
      for (const one of [result].flat(3)) {
        if (one === null || typeof one !== 'object' || Array.isArray(one)) continue;
        const below = schema.getType(String(one.__typename));
        if (isObjectType(below) && !isEntity(below)) record(found, object, below, one);
      }
    }
  };

  /** Asks for one field of an object. */
  const askField = async (
    found: Findings,
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    { object, id, viewer }: { object: string; id: string; viewer: Person | null },
  ): Promise<void> => {
    const query = `query ($id: ID!) { node(id: $id) { ... on ${type.name} { ${field.name} ${select(field)} } } }`;
    const { data, errors } = await ask(query, { id }, viewer);
    const key = keyOf(type, field, object);
    const refusal = errors?.[0]?.extensions.code;
    if (refusal) return keep(found, key, refusal);
    const node = data!.node as { [key: string]: Json } | null;
    if (node === null) return keep(found, key, MISSING);
    record(found, object, type, node);
  };

  return {
    /** What an audience gets of every field of the subject's objects, and of every query that can lead to them. */
    async read(subject: Subject, audience: Audience): Promise<Findings> {
      const found: Findings = new Map();
      const viewer = subject.viewers.get(audience) ?? null;
      for (const [object, id] of Object.entries(subject.objects)) {
        const type = typeOf(object, id);
        for (const field of Object.values(type.getFields())) await askField(found, type, field, { object, id, viewer });
      }
      for (const field of Object.values(schema.getQueryType()!.getFields())) {
        const type = schema.getQueryType()!;
        const { declared, passed, values } = argumentsOf(field, subject, audience);
        const { data, errors } = await ask(
          `query ${declared} { ${field.name}${passed} ${select(field)} }`,
          values,
          viewer,
        );
        const key = keyOf(type, field, '');
        const refusal = errors?.[0]?.extensions.code;
        if (refusal) keep(found, key, refusal);
        else {
          const text = JSON.stringify(data);
          const isTraced =
            !leadsToObjects(field) || subject.tracesIn(field.name).some((id) => text.includes(`"${id}"`));
          const level = levelOf(data![field.name]!);
          keep(found, key, level === 'shown' && !isTraced ? 'empty' : level);
          if (level === 'shown' && isTraced) record(found, '', type, data!);
        }
      }
      return found;
    },

    /** What comes of a mutation whose IDs are those of the subject's objects. */
    async write(subject: Subject, audience: Audience, mutation: GraphQLField<unknown, unknown>): Promise<Finding> {
      const { declared, passed, values } = argumentsOf(mutation, subject, audience);
      const payload = getNamedType(mutation.type) as GraphQLObjectType;
      const errors = 'errors' in payload.getFields() ? 'errors { code }' : '';
      const query = `mutation ${declared} { ${mutation.name}${passed} { __typename ${errors} } }`;
      const answer = await ask(query, values, subject.viewers.get(audience) ?? null);
      const refusal = answer.errors?.[0]?.extensions.code;
      if (refusal) return refusal;
      const result = answer.data![mutation.name] as { errors?: { code: string }[] };
      return result.errors?.map(({ code }) => code).join(' ') || 'done';
    },
  };
}

function typeOf(object: string, id: string): GraphQLObjectType {
  const name = id.startsWith('Notification_') ? object.slice('their '.length) : id.split('_', 1)[0]!;
  return schema.getType(name) as GraphQLObjectType;
}

function keyOf({ name }: GraphQLObjectType, field: GraphQLField<unknown, unknown>, object: string): string {
  return `${name}.${field.name},${object}`;
}

function keep(found: Findings, key: string, finding: Finding): void {
  const known = found.get(key);
  if (known === undefined || rankOf(finding) > rankOf(known)) found.set(key, finding);
}

function levelOf(value: Json): Finding {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length > 0 ? 'shown' : 'empty';
  if (typeof value === 'object') {
    // A connection is as full as its list.
    const edges = Object.entries(value).find(([name]) => name === 'edges' || name.startsWith('edgesOf'));
    return edges ? levelOf(edges[1]) : 'shown';
  }
  return value === 0 || value === false || value === '' ? 'empty' : 'shown';
}

/** Whether the result has objects with IDs, so that it shows the subject only if theirs are among them. */
function leadsToObjects(field: GraphQLField<unknown, unknown>, seen = new Set<string>()): boolean {
  return objectTypesOf(field).some((type) => {
    if (isEntity(type)) return true;
    if (seen.has(type.name)) return false;
    seen.add(type.name);
    return Object.values(type.getFields()).some((below) => leadsToObjects(below, seen));
  });
}

const PAGE = 20;

function argumentsOf(field: GraphQLField<unknown, unknown>, subject: Subject, audience: Audience) {
  const texts: Record<string, string> = {
    username: subject.owner.username,
    query: subject.owner.username,
    prefix: subject.owner.username,
    hashtag: subject.hashtag,
    name: subject.hashtag,
  };
  const given = field.args.filter(({ name, type }) => name === 'first' || name === 'input' || isNonNullType(type));
  // One of two optional arguments that name the same thing.
  if (given.length === 0) given.push(...field.args.filter(({ name }) => name === 'id'));
  const valueFor = (name: string, type: GraphQLInputType): unknown => {
    if (name === 'first') return PAGE;
    if (name === 'ids') return Object.values(subject.objects);
    if (name === 'id')
      return subject.idFor(field.name === 'node' || field.name === 'user' ? 'id' : `${field.name}Id`, audience);
    if (name in texts) return texts[name];
    if (getNamedType(type).name === 'ID') return subject.idFor(name, audience);
    return isInputObjectType(getNamedType(type)) ? inputOf(name, type, subject, audience) : inputValueOf(type, [], '');
  };
  const values = Object.fromEntries(given.map(({ name, type }) => [name, valueFor(name, type)]));
  if (given.length === 0) return { declared: '', passed: '', values };
  return {
    declared: `(${given.map(({ name, type }) => `$${name}: ${type}`).join(', ')})`,
    passed: `(${given.map(({ name }) => `${name}: $${name}`).join(', ')})`,
    values,
  };
}

/** An input with the subject's IDs wherever IDs are required, or wherever they can be if none is. */
function inputOf(name: string, type: GraphQLInputType, subject: Subject, audience: Audience): unknown {
  const paths = idPathsOf(name, type).map((path) => path.slice(1));
  const required = paths.filter(([first]) => isRequired(type, first!));
  const values = (required.length > 0 ? required : paths).map((path) =>
    inputValueOf(type, path, subject.idFor(path.at(-1)!, audience)),
  );
  return values.reduce(merge, inputValueOf(type, [], ''));
}

function isRequired(type: GraphQLInputType, field: string): boolean {
  const input = getNamedType(type);
  return isInputObjectType(input) && isRequiredInputField(input.getFields()[field]!);
}

function merge(one: unknown, other: unknown): unknown {
  if (!isRecord(one) || !isRecord(other)) return other ?? one;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, key in other ? merge(one[key], other[key]) : one[key]]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
