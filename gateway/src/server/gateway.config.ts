import type { PlatformConfig } from '@tintype/service';

/** The part of the platform's configuration that the gateway uses. */
export type GatewayConfig = Pick<
  PlatformConfig,
  | 'host'
  | 'port'
  | 'nodeEnv'
  | 'introspection'
  | 'explorer'
  | 'trustProxy'
  | 'limits'
  | 'publicUrl'
  | 'mediaBaseUrl'
  | 'corsOrigins'
  | 'drainNoticeMs'
>;
