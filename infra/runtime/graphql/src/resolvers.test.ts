import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { type Complete, checkResolvers } from './resolvers.ts';

type Field<Result> = ((parent: never) => Result | Promise<Result>) | { resolve: (parent: never) => Result };
type All = {
  Query?: { photo?: Field<Photo | null> };
  Photo?: { id?: Field<string>; title?: Field<string>; likes?: Field<number>; __isTypeOf?: Field<boolean> };
  Camera?: { name?: Field<string> };
  Result?: { __resolveType: Field<'Photo'> };
};
type Photo = { id: bigint; title: string };
type Models = { Query: Record<PropertyKey, never>; Photo: Photo; Camera: { name: string }; Result: Photo };
type Wanted = Complete<All, Models>;

const Query = { photo: () => null };
const Result = { __resolveType: () => 'Photo' as const };

test('fields that no default resolver answers are needed, and others are not', () => {
  const Photo = { id: () => '1', likes: () => 0 };
  const complete = { Query, Photo, Result } satisfies Wanted;
  const more = { Query, Photo: { ...Photo, title: () => 'Dawn' }, Result } satisfies Wanted;
  // @ts-expect-error The model has no likes.
  const missing = { Query, Photo: { id: () => '1' }, Result } satisfies Wanted;
  // @ts-expect-error The model's id is a bigint.
  const otherType = { Query, Photo: { likes: () => 0 }, Result } satisfies Wanted;
  // @ts-expect-error Nothing was merged for Query.
  const notMerged = { Photo, Result } satisfies Wanted;
  // @ts-expect-error The types of the union are unknown.
  const noUnion = { Query, Photo } satisfies Wanted;
  expect([complete, more, missing, otherType, notMerged, noUnion]).toHaveLength(6);
});

const schema = () =>
  buildSchema('type Query { photo(id: ID!): Photo } type Photo { id: ID! } union Result = Photo scalar DateTime');

test('resolvers that fit the schema are let through', () => {
  const fits = schema();
  fits.getQueryType()!.getFields().photo!.resolve = () => null;
  const Photo = { id: () => '1', __resolveReference: () => null };
  expect(() => checkResolvers(fits, { Query, Photo, Result })).not.toThrow();
});

test('misspelt names and fields with arguments but no resolver fail, all at once', () => {
  const resolvers = { Photos: {}, Photo: { title: () => '' }, Result: { resolveType: () => 'Photo' } };
  expect(() => checkResolvers(schema(), resolvers)).toThrow(
    'The resolvers do not fit the schema: there is no type Photos, there is no field Photo.title, ' +
      'there is no field Result.resolveType, Query.photo has no resolver.',
  );
});
