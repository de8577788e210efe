import type { mediaSettings, PlatformConfig, publicSettings } from '@tintype/service';
import type { gatewaySettings } from '../config.ts';

type Read<Part extends { read(...args: never): unknown }> = ReturnType<Part['read']>;

/** The part of the platform's configuration that the gateway uses. */
export type GatewayConfig = Pick<PlatformConfig, 'nodeEnv'> &
  Omit<Read<typeof gatewaySettings>, 'workers' | 'explorerDemo'> &
  Read<typeof publicSettings> &
  Read<typeof mediaSettings>;
