import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    EmailAddress: 'email/email.model.ts#EmailModel',
    Session: 'session/session.model.ts#SessionModel',
    TwoFactor: 'second-factor/second-factor.model.ts#TwoFactorModel',
    User: 'account/account.model.ts#AccountModel',
  },
  workers: {
    'user-worker': [],
  },
  config: true,
} satisfies SubgraphManifest;
