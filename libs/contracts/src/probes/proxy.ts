/** A proxy between a probe and its target. */
import { z } from 'zod';
import type { SecretMapping } from '../secrets.ts';
import { secretTextSchema } from './fields.ts';

const proxyProtocols = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

function isProxyUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !proxyProtocols.has(url.protocol) || url.hostname === '') return false;
  const isBare = url.pathname === '' || url.pathname === '/';
  return isBare && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}

export const proxySchema = z
  .strictObject({
    /** `http` and `https` are proxies of HTTP; `socks5` is given an address that we looked up, `socks5h` the name. */
    url: z
      .string()
      .max(512)
      .refine(
        isProxyUrl,
        'must be http, https, socks5 or socks5h with a host and its port, and nothing else: http://proxy.example.com:3128',
      ),
    username: z.string().min(1).max(255).nullable().default(null),
    password: secretTextSchema.nullable().default(null),
  })
  .refine(({ username, password }) => password === null || username !== null, {
    path: ['username'],
    message: 'must be there where there is a password',
  });
export type Proxy = z.infer<typeof proxySchema>;

/** Whether the proxy is told the target's name and looks it up itself. */
export function looksUpItself({ url }: Proxy): boolean {
  return !/^socks5:/i.test(url);
}

/** A copy with its password, which stands below `pointer`, mapped. */
export function mapProxySecrets(proxy: Proxy, pointer: string, map: SecretMapping): Proxy {
  return proxy.password === null ? proxy : { ...proxy, password: map(proxy.password, `${pointer}/password`) };
}
