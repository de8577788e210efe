import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    EmailAddress: 'email/email.repository.ts#EmailModel',
    Session: 'session/session.model.ts#SessionModel',
    TwoFactor: 'second-factor/second-factor.repository.ts#TwoFactorModel',
    User: 'account/account.model.ts#AccountModel',
  },
  workers: {
    'user-worker': [],
  },
  config: true,
} satisfies SubgraphManifest;
