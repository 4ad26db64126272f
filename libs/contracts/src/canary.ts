/** A canary: something outside that a prober tries, to tell a fault of its own from a target's. */
import { probeSchema, type Probe } from './probe.ts';

const urlPattern = /^https?:\/\//i;
/** An IPv6 address stands in brackets. */
const hostAndPortPattern = /^(?:\[(?<literal>[0-9a-f:.]+)\]|(?<host>[^\s:/[\]]+)):(?<port>\d{1,5})$/i;

/** A connection is enough; a URL must answer too, with whatever status (over HTTPS with a certificate that is good). */
function probeOf(text: string): object {
  if (urlPattern.test(text)) {
    const http = { url: text, method: 'HEAD', followRedirects: false, expect: { status: ['100-599'] } };
    return { type: 'http', http };
  }
  const { literal, host, port } = hostAndPortPattern.exec(text)?.groups ?? {};
  return { type: 'tcp', tcp: { host: literal ?? host, port: Number(port) } };
}

/** How to try the canary that a person names as `host:port` or as a URL; null where that is neither. */
export function canaryOf(text: string): Probe | null {
  return probeSchema.safeParse(probeOf(text)).data ?? null;
}
