/** The address of a process, in the format of `node:http`. */
export type Address = { host: string; port: number } | { socketPath: string };

/** @param listen `host:port` or `unix:/path`, as in HEALTH_LISTEN */
export function addressOf(listen: string): Address {
  if (listen.startsWith('unix:')) return { socketPath: listen.slice('unix:'.length) };
  const [host, port] = listen.split(':') as [string, string];
  return { host, port: Number(port) };
}

/** Port 0 means any free port, which the caller has to know. */
export function withPort(listen: string, free: number): string {
  return listen.startsWith('unix:') ? listen : listen.replace(/:0+$/, `:${free}`);
}
