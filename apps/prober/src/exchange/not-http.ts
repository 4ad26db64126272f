/** Words what answers where HTTP was expected, by the bytes that it begins with. */
import { Failure } from '../attempt/failure.ts';

const shownBytesMax = 40;
const unprintable = /[^\t\n\r -~]/g;
const tlsAlert = 0x15;
const tlsHandshake = 0x16;
const tlsMajor = 0x03;

function isTls([type, major]: Buffer): boolean {
  return (type === tlsAlert || type === tlsHandshake) && major === tlsMajor;
}

export function notHttp(bytes: Buffer): Failure {
  if (isTls(bytes)) return new Failure('http.protocol', 'the answer is TLS, and what was asked was plain HTTP');
  const begin = bytes.toString('latin1', 0, shownBytesMax).replace(unprintable, '.').trimEnd();
  return new Failure('http.protocol', `the answer is not HTTP: it begins with ${JSON.stringify(begin)}`);
}
