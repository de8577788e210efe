/** Codes of Node's sockets and DNS, of undici, of nodemailer, and of NATS: nobody answered, or the answer was cut off. */
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

/** SQLSTATE: connection exceptions, insufficient resources, shutting down or starting, I/O errors, a standby that cannot write. */
const SQLSTATE = /^(08...|53...|57P0[1235]|58030|25006)$/;

/** How node-redis, the AWS SDK, Typesense and abort signals name their errors. */
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

/** What pg says without a code, and what Redis answers while it starts, fails over or has no room. */
const MESSAGES =
  /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after|(LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|OOM) )/;

/** SMTP's "service not available", and mailbox or system limits that pass. */
const SMTP_AWAY = 421;
const SERVER_ERRORS = 500;
const TOO_MANY_REQUESTS = 429;

/**
 * Whether an error says that something which is needed is away (Postgres, Redis, NATS, the object store, another subgraph, Typesense, a mail
 * server), and nothing about what was being done. Looks through causes. An error can say so itself with `isOutage`.
 */
export function isOutage(error: unknown): boolean {
  const seen = new Set<unknown>();
  const look = (one: unknown): boolean => {
    if (typeof one !== 'object' || one === null || seen.has(one)) return false;
    seen.add(one);
    return saysOutage(one) || look(Reflect.get(one, 'cause')) || allAre(Reflect.get(one, 'errors'), look);
  };
  return look(error);
}

/** An attempt at each address of a host fails with an error of its own. */
function allAre(errors: unknown, look: (one: unknown) => boolean): boolean {
  return Array.isArray(errors) && errors.length > 0 && errors.every(look);
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
