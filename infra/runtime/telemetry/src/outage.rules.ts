/** Codes of Node's sockets and DNS, undici, nodemailer and NATS: no answer, or the connection was lost. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ECONNECTION',
  'EDNS',
  'ESOCKET',
  'CONNECTION_CLOSED',
  'CONNECTION_DRAINING',
  'CONNECTION_REFUSED',
  'CONNECTION_TIMEOUT',
  'DISCONNECT',
  'TIMEOUT',
  '503',
]);

/**
 * SQLSTATE: connection exceptions, insufficient resources, shutting down or starting, I/O errors, a standby that cannot
 * write.
 */
const SQLSTATE = /^(08...|53...|57P0[1235]|58030|25006)$/;

/** Names of such errors in node-redis, the AWS SDK, Typesense and abort signals. */
const NAMES: ReadonlySet<string> = new Set([
  'ClientOfflineError',
  'ClientClosedError',
  'SocketClosedUnexpectedlyError',
  'SocketTimeoutError',
  'ConnectionTimeoutError',
  'DisconnectsClientError',
  'ReconnectStrategyError',
  'RootNodesUnavailableError',
  'SocketTimeoutDuringMaintenanceError',
  'CommandTimeoutDuringMaintenanceError',
  'TimeoutError',
  'ServiceUnavailable',
  'ServerError',
]);

/** Messages of pg errors without a code, and of Redis while it starts, fails over or has no memory left. */
const MESSAGES =
  /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after|(LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|OOM) )/;

/** SMTP's "service not available", and temporary limits of a mailbox or system. */
const SMTP_AWAY = 421;
const SERVER_ERRORS = 500;
const TOO_MANY_REQUESTS = 429;

/**
 * Whether an error says that a dependency is unavailable (Postgres, Redis, NATS, the object store, another subgraph,
 * Typesense, a mail server), and nothing about the work itself. Also checks causes. An error can say so itself with
 * `isOutage`.
 */
export function isOutage(error: unknown): boolean {
  const seen = new Set<unknown>();
  const check = (one: unknown): boolean => {
    if (typeof one !== 'object' || one === null || seen.has(one)) return false;
    seen.add(one);
    return saysOutage(one) || check(Reflect.get(one, 'cause')) || allAre(Reflect.get(one, 'errors'), check);
  };
  return check(error);
}

/** Each attempted address of a host fails with an error of its own. */
function allAre(errors: unknown, check: (one: unknown) => boolean): boolean {
  return Array.isArray(errors) && errors.length > 0 && errors.every(check);
}

function saysOutage(error: object): boolean {
  const { isOutage, code, name, message, $metadata, httpStatus, responseCode } = error as {
    isOutage?: unknown;
    code?: unknown;
    name?: unknown;
    message?: unknown;
    $metadata?: { httpStatusCode?: unknown };
    httpStatus?: unknown;
    responseCode?: unknown;
  };
  if (typeof isOutage === 'boolean') return isOutage;
  if (typeof code === 'string' && (UNREACHABLE.has(code) || SQLSTATE.test(code))) return true;
  // The errors of node-redis have no name of their own, only a class.
  if ([name, error.constructor?.name].some((one) => typeof one === 'string' && NAMES.has(one))) return true;
  if (typeof message === 'string' && MESSAGES.test(message)) return true;
  if ([$metadata?.httpStatusCode, httpStatus].some(isServersFault)) return true;
  return responseCode === SMTP_AWAY;
}

function isServersFault(status: unknown): boolean {
  return typeof status === 'number' && (status >= SERVER_ERRORS || status === TOO_MANY_REQUESTS);
}
