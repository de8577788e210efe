import * as operations from '@tintype/schema/operations';
import { type Authenticator, createAuthenticator } from '@tintype/testing';
import { expect } from 'vitest';
import { PASSWORD, type Person } from './people.ts';

/** The origin of pages, unless a test sets `PUBLIC_URL`. */
export const ORIGIN = 'http://localhost:4000';

/** Gives a person with a verified address a passkey. @returns its ID */
export async function addPasskey(
  { client }: Person,
  authenticator: Authenticator = createAuthenticator(ORIGIN),
): Promise<string> {
  const input = { password: PASSWORD };
  const { startPasskeyCreation } = await client.request(operations.StartPasskeyCreationDocument, { input });
  expect(startPasskeyCreation!.errors).toEqual([]);
  const credential = authenticator.create(startPasskeyCreation!.options!);
  const { createPasskey } = await client.request(operations.CreatePasskeyDocument, {
    input: { credential, name: 'My phone' },
  });
  expect(createPasskey!.errors).toEqual([]);
  return createPasskey!.passkey!.id;
}
