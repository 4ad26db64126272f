/** Every error that the API answers with: one catalogue of codes, and the error that carries one (RFC 9457). */
import { QuorateError } from '@quorate/contracts';

export const problemCatalogue = {
  QRT_BODY_MALFORMED: { status: 400, title: 'The body is not JSON' },
  QRT_BODY_INVALID: { status: 400, title: 'The body has invalid fields' },
  QRT_BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  QRT_MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The body has an unsupported content type' },
  QRT_QUERY_INVALID: { status: 400, title: 'The query has invalid parameters' },
  QRT_HEADER_INVALID: { status: 400, title: 'A request header is invalid' },
  QRT_REQUEST_MALFORMED: { status: 400, title: 'The request is malformed' },
  QRT_AUTHENTICATION_REQUIRED: { status: 401, title: 'A valid API key is required' },
  QRT_ROUTE_UNKNOWN: { status: 404, title: 'There is no such route' },
  QRT_MONITOR_UNKNOWN: { status: 404, title: 'There is no such monitor' },
  QRT_CHANNEL_UNKNOWN: { status: 404, title: 'There is no such channel' },
  QRT_MAINTENANCE_WINDOW_UNKNOWN: { status: 404, title: 'There is no such maintenance window' },
  QRT_INCIDENT_UNKNOWN: { status: 404, title: 'There is no such incident' },
  QRT_DELIVERY_UNKNOWN: { status: 404, title: 'There is no such delivery' },
  QRT_REGION_UNKNOWN: { status: 404, title: 'There is no such region' },
  QRT_FINDING_UNKNOWN: { status: 404, title: 'There is no such finding' },
  QRT_PING_UNKNOWN: { status: 404, title: 'There is no such ping URL' },
  QRT_METHOD_NOT_ALLOWED: { status: 405, title: 'The route does not take this method' },
  QRT_BUILT_IN: { status: 409, title: 'It is built in' },
  QRT_CHANNEL_IN_USE: { status: 409, title: 'The channel is in use' },
  QRT_REGION_LIVE: { status: 409, title: 'The region lives' },
  QRT_INCIDENT_RESOLVED: { status: 409, title: 'The incident is resolved' },
  QRT_DELIVERY_NOT_DEAD: { status: 409, title: 'The delivery is not dead' },
  QRT_DELIVERY_REPLACED: { status: 409, title: 'Other deliveries took its place' },
  QRT_IDEMPOTENCY_IN_PROGRESS: { status: 409, title: 'A request with this Idempotency-Key is under way' },
  QRT_VERSION_OUTDATED: { status: 412, title: 'The entity has changed meanwhile' },
  QRT_IDEMPOTENCY_MISMATCH: { status: 422, title: 'The Idempotency-Key was used for another request' },
  QRT_PINGS_TOO_MANY: { status: 429, title: 'Too many pings' },
  QRT_INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  QRT_DATABASE_UNAVAILABLE: { status: 503, title: 'The database cannot be reached just now' },
  QRT_LOG_UNAVAILABLE: { status: 503, title: 'The log cannot be written just now' },
  QRT_OVERLOADED: { status: 503, title: 'Too much is under way just now' },
  QRT_NO_LIVE_REGION: { status: 503, title: 'No region can perform this check just now' },
  QRT_CHECK_UNANSWERED: { status: 504, title: 'The check did not close in time' },
} as const satisfies Record<`QRT_${Uppercase<string>}`, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCatalogue;

/** One invalid field: a JSON pointer into the body (or `/name` of a query parameter or header) and a sentence. */
export interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
}

interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An answer that is not the one asked for; thrown by handlers, written by the problem filter. */
export class ProblemError extends QuorateError {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return problemCatalogue[this.code].status;
  }

  get retryable(): boolean {
    return this.status >= 500;
  }

  toDocument(): ProblemDocument {
    const { status, title } = problemCatalogue[this.code];
    const type = `urn:quorate:problem:${this.code}`;
    return { type, title, status, detail: this.message, code: this.code, errors: this.errors };
  }
}
