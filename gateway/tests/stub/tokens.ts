import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';

export type Tokens = {
  jwks: JSONWebKeySet;
  /** @param claims override those of a valid token */
  sign(claims?: Record<string, unknown>, options?: { expiresIn?: number; kid?: string }): Promise<string>;
};

/** Signs access tokens like the user subgraph. */
export async function createTokens(kid = 'key-1'): Promise<Tokens> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  return {
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }] },
    sign(claims = {}, options = {}) {
      const now = Math.floor(Date.now() / 1000);
      const right = { iss: 'tintype', aud: 'tintype', sub: '42', sid: '4200', exp: now + (options.expiresIn ?? 600) };
      return new SignJWT({ ...right, ...claims })
        .setProtectedHeader({ alg: 'EdDSA', kid: options.kid ?? kid })
        .sign(privateKey);
    },
  };
}
