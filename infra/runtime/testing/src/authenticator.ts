import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What is wrong in an answer: each field replaces what would be right. */
export type Forgery = {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  isUserVerified?: boolean;
  signCount?: number;
  userHandle?: string;
  /** The ID of another passkey. */
  id?: string;
  isSignatureWrong?: boolean;
};

/**
 * An authenticator of WebAuthn in software, with the browser around it: it verifies its user, and its passkeys are
 * discoverable. Options and credentials are the JSON of WebAuthn Level 3, as text.
 */
export type Authenticator = {
  /** IDs of its passkeys. */
  ids(): string[];
  create(options: string, forged?: Forgery): string;
  /** Answers with the passkey that it made last. */
  get(options: string, forged?: Forgery): string;
};

type CreationOptions = { challenge: string; rp: { id: string }; user: { id: string } };
type RequestOptions = { challenge: string; rpId: string };
type Passkey = { id: string; privateKey: KeyObject; userHandle: string };

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;
const ID_BYTES = 32;
const AAGUID_BYTES = 16;

/**
 * @param origin of the pages in which it is used
 * @param counts whether it counts how often it is used
 */
export function createAuthenticator(origin: string, counts = true): Authenticator {
  const passkeys: Passkey[] = [];
  let uses = 0;

  const clientDataOf = (type: string, challenge: string, forged: Forgery): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: forged.type ?? type,
        challenge: forged.challenge ?? challenge,
        origin: forged.origin ?? origin,
        crossOrigin: false,
      }),
    );

  /** WebAuthn Level 3, section 6.1, without what is attested. */
  const authenticatorDataOf = (rpId: string, more: number, forged: Forgery): Buffer => {
    const flags = PRESENT | (forged.isUserVerified === false ? 0 : VERIFIED) | more;
    const signCount = Buffer.alloc(4);
    signCount.writeUInt32BE(forged.signCount ?? (counts ? ++uses : 0));
    return Buffer.concat([sha256(forged.rpId ?? rpId), Buffer.of(flags), signCount]);
  };

  const credentialOf = (id: string, response: Record<string, Buffer | string>): string => {
    const parts = Object.entries(response).map(([name, part]) => [
      name,
      typeof part === 'string' ? part : part.toString('base64url'),
    ]);
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      response: Object.fromEntries(parts),
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
    });
  };

  return {
    ids: () => passkeys.map(({ id }) => id),
    create(options, forged = {}) {
      const { challenge, rp, user }: CreationOptions = JSON.parse(options);
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const id = forged.id ?? randomBytes(ID_BYTES).toString('base64url');
      passkeys.push({ id, privateKey, userHandle: user.id });
      const idBytes = Buffer.from(id, 'base64url');
      const attested = [Buffer.alloc(AAGUID_BYTES), Buffer.of(0, idBytes.length), idBytes, coseOf(publicKey)];
      const authData = Buffer.concat([authenticatorDataOf(rp.id, ATTESTED, forged), ...attested]);
      return credentialOf(id, {
        clientDataJSON: clientDataOf('webauthn.create', challenge, forged),
        attestationObject: attestationOf(authData),
      });
    },
    get(options, forged = {}) {
      const { challenge, rpId }: RequestOptions = JSON.parse(options);
      const { id, privateKey, userHandle } = passkeys.at(-1)!;
      const clientDataJSON = clientDataOf('webauthn.get', challenge, forged);
      const authenticatorData = authenticatorDataOf(rpId, 0, forged);
      const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
      return credentialOf(forged.id ?? id, {
        clientDataJSON,
        authenticatorData,
        signature: sign('sha256', forged.isSignatureWrong ? Buffer.alloc(1) : signed, privateKey),
        userHandle: forged.userHandle ?? userHandle,
      });
    },
  };
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** A key as a map in CBOR: `kty` EC2, `alg` ES256, `crv` P-256, `x`, `y` (RFC 9053). */
function coseOf(publicKey: KeyObject): Buffer {
  const { x, y } = publicKey.export({ format: 'jwk' });
  const coordinate = (label: number, text: string | undefined) =>
    Buffer.concat([Buffer.of(label, 0x58, 0x20), Buffer.from(text!, 'base64url')]);
  return Buffer.concat([Buffer.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01), coordinate(0x21, x), coordinate(0x22, y)]);
}

/** `{ fmt: 'none', attStmt: {}, authData }` in CBOR. */
function attestationOf(authData: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.of(0x60 + value.length), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.of(0xa3),
    text('fmt'),
    text('none'),
    text('attStmt'),
    Buffer.of(0xa0),
    text('authData'),
    Buffer.of(0x58, authData.length),
    authData,
  ]);
}
