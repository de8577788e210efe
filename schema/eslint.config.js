import { join } from 'node:path';
import graphql from '@graphql-eslint/eslint-plugin';

const { 'flat/schema-recommended': recommended, 'flat/schema-relay': relay } = graphql.configs;

const linted = (files, rules) => ({
  files,
  languageOptions: {
    parser: graphql.parser,
    parserOptions: { graphQLConfig: { schema: join(import.meta.dirname, 'api.graphql') } },
  },
  plugins: { '@graphql-eslint': graphql },
  rules,
});

export default [
  // What clients see: every rule of the plugin for schemas, and Relay's, except those that are off with a reason.
  linted(['**/api.graphql'], {
    ...recommended.rules,
    ...relay.rules,
    '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
    '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
    '@graphql-eslint/require-nullable-fields-with-oneof': 'error',
    '@graphql-eslint/require-nullable-result-in-root': 'error',
    '@graphql-eslint/require-description': [
      'error',
      {
        types: true,
        DirectiveDefinition: true,
        EnumValueDefinition: true,
        FieldDefinition: true,
        InputValueDefinition: true,
        rootField: true,
      },
    ],
    // A list can be read backwards only where an index supports it.
    '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
    // Lists with a small bound, such as the photos of a post, are plain lists. Edges can lead to what is not a node.
    '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
    // Fields are in the order in which a reader wants to learn of them.
    '@graphql-eslint/alphabetize': 'off',
    // The rule compares letters, and forbids User.username.
    '@graphql-eslint/no-typename-prefix': 'off',
    // Mutations and subscriptions are part of the API.
    '@graphql-eslint/no-root-type': 'off',
    // Its date is the argument of a directive that is not in the GraphQL specification. The reason names the date.
    '@graphql-eslint/require-deprecation-date': 'off',
    // After a mutation, clients refetch objects with `node`.
    '@graphql-eslint/require-field-of-type-query-in-mutation-result': 'off',
    // A mutation's errors are a list in its payload, not one of two fields.
    '@graphql-eslint/require-type-pattern-with-oneof': 'off',
    // Values, such as a rendition, have no ID. That everything with an ID is a node is tested.
    '@graphql-eslint/strict-id-in-types': 'off',
  }),
  // What only other subgraphs see: what is public is checked in the composed schema, and directives and types by
  // composition.
  linted(['**/graphql/*.graphql'], {
    '@graphql-eslint/naming-convention': recommended.rules['@graphql-eslint/naming-convention'],
    '@graphql-eslint/no-hashtag-description': 'error',
    '@graphql-eslint/require-deprecation-reason': 'error',
    '@graphql-eslint/require-description': [
      'error',
      {
        DirectiveDefinition: true,
        EnumTypeDefinition: true,
        EnumValueDefinition: true,
        InputObjectTypeDefinition: true,
        InputValueDefinition: true,
        InterfaceTypeDefinition: true,
        ScalarTypeDefinition: true,
        UnionTypeDefinition: true,
      },
    ],
    '@graphql-eslint/unique-enum-value-names': 'error',
    '@graphql-eslint/unique-field-definition-names': 'error',
    '@graphql-eslint/unique-type-names': 'error',
  }),
];
