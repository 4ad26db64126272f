/** Headers that leave a browser little to go wrong with. There is no CORS: other origins may not read the API. */
import type { NextFunction, Request, Response } from 'express';

const documentationPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const closedPolicy = "default-src 'none'; frame-ancestors 'none'";

export function setSecurityHeaders(request: Request, response: Response, next: NextFunction): void {
  const isDocumentation = /^\/docs(\/|$)/.test(request.path);
  response.setHeader('Content-Security-Policy', isDocumentation ? documentationPolicy : closedPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  if (!isDocumentation) response.setHeader('Cache-Control', 'no-store');
  next();
}
