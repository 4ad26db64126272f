/** Reads request bodies: bounded, JSON only, in UTF-8. */
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { parseJson } from './json.ts';
import { ProblemError } from './problem.ts';

const bodyBytesMax = 1_048_576;

const decoder = new TextDecoder('utf-8', { fatal: true });
const patchMediaType = 'application/merge-patch+json';

/** The two steps of reading a body, in order. */
export const readBody: readonly RequestHandler[] = [
  express.raw({ limit: bodyBytesMax, type: () => true, inflate: false }),
  parseBody,
];

function parseBody(request: Request, _response: Response, next: NextFunction): void {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    request.body = undefined;
    next();
    return;
  }
  checkMediaType(request);
  request.body = parseJson(decode(bytes));
  next();
}

function checkMediaType(request: Request): void {
  const [mediaType = '', ...parameters] = (request.get('content-type') ?? '').toLowerCase().split(';');
  const isJson = mediaType.trim() === 'application/json';
  const isPatch = request.method === 'PATCH' && mediaType.trim() === patchMediaType;
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if ((isJson || isPatch) && isUtf8) return;
  throw new ProblemError(
    'QRT_MEDIA_TYPE_UNSUPPORTED',
    'Send the body as JSON in UTF-8: "Content-Type: application/json".',
  );
}

function decode(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new ProblemError('QRT_BODY_MALFORMED', 'The body must be valid UTF-8.', { cause });
  }
}
