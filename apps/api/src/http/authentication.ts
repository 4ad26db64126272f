/** Lets requests pass that carry the administrator key, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ProblemError } from './problem.ts';

const challenge = { 'WWW-Authenticate': 'Bearer realm="quorate"' };

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Works before a body is read, so that strangers cannot make the server read one. */
export function requireKey(adminKey: string): RequestHandler {
  const expected = digest(adminKey);
  return (request: Request, _response: Response, next: NextFunction) => {
    const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (given === undefined) {
      throw new ProblemError('QRT_AUTHENTICATION_REQUIRED', 'Send the header "Authorization: Bearer <api key>".', {
        headers: challenge,
      });
    }
    if (!timingSafeEqual(digest(given), expected)) {
      throw new ProblemError('QRT_AUTHENTICATION_REQUIRED', 'The API key is not valid; use the administrator key.', {
        headers: challenge,
      });
    }
    next();
  };
}
