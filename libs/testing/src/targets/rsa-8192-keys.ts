/** A pair of RSA keys of 8192 bits, which take too long to make for a spec. They guard nothing. */
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';

const pkcs8 = Buffer.from(
  [
    'MIISQwIBADANBgkqhkiG9w0BAQEFAASCEi0wghIpAgEAAoIEAQDCpR/dWtjK9DKzaZSqo1yDVOZg/4pZrTl65c/BLkZ8NhsGaYeR6LvlquvgAi',
    'A4efc4TH9O6QUjx80vl//lN+vo4cTM3pK87dKQKbPfx4aqwhxxRTOUWemZhSx1x3cGdYEr8pdWitb2mhHHbfQ+fjpnrF61D2j8pnrv0/jVec/J',
    '7yHOoJELut/1n1k4GxUUNUk/ImVsrKcUo703cnhZLMtssYCKUBQvVIaM13An9MfjiyjRqXrgk/BQYMyWV6KlJ0GLyg+4kND92gKFP1Q/Eil6pJ',
    '5JkpewQhgsFlA40rIBECYdH3jsFNyGg54YyLhrytdWspdXyMwEq52j/b0rMv8XVO3oKzipnXGz4svOpNdnH6KgqnmIiyq4H4qytZ0OVuqdbQy9',
    'WIWkzZLoCuhZnvqbN3cqYU93ls1UBjBgYO/iMNMR7wSFsz+dKr4TgNywJ/P+bgcVczNLVWfhGaN+9CBbQCn5sRg2gkIZSbjR437PdqpW7EZ5UF',
    'Ck5rUm4nOe0/uLI3fV+GEtdGhUtYfYXw5sWajTBaoN86SH0UDThS36lI1K1M3p9UZKv/iig7vSKvTFYB4s/Ipbawa/V6QIdJY5t87aA1fL5Dt2',
    '42gHXvAE9n2Ft9ZqXNNQPOrQfRBOhH7q8BWy3SGT7C2oQBnvdUQhB7khg7qAsOZDH0DIPHbye/cRUcoZtdJ9eVFZ1HVVdAYxoZC7p3YDNRBJU7',
    '81JYdIwKbxsjMxRciY6PXbxPvLBn2fWHzAhW51e38FUuAhp5Uy4KYSw5hqbW8ihnNzibRCHlxgxCcPRXBYNQiHzu4LbLShdV2og8e0626v+/vK',
    'VX3qvVnhtFAjBp1LyJwoIHwpTmHyhd6cbb1Ssm8Zes4LQak2NmPv1LUay0E0ja+f9isrd6066Y6wMcf7F+mE6F6KAjg2R6IifQoKGbrwOTl6tC',
    'GcwmpQMvRUDlVql+AiEM3wXMlhmxG9+5sgcuRE82kuw+c8+s7CBajI3EeFO0wNBDfbJ8BtjZhWVfoDj7ryw5nYeT/b+Tm5C3mTZ46aVVNR18fS',
    'YhyKRr4hrYFGxLwRhBVwTL3A1ah9BmU+nbKc7whiSuPxpVrNI11yr3WBv9bNM8b7Ccpt9M+6dJyjgq/lk2mf9SfDzD4YGh51aH2T+h/PECwc8m',
    'bi600X4/zQUXIK3sx/wDo2onl71ajltP2/OkSOvyqe551+w3oHdXvVsfL5WJqRnCrusE+8k+1uTUYcoA2QKiwnzRPns0vVM0daurLZLXVz2fFP',
    'HsAGUNVw0GxHJW2B6xfl+z4jiamAouVjj7Sa/p8MXyQE7Y399OXb/uzzIDsQgPNc4ylg2ltYyf6E6me4NjHQtWVvsDxyqEPjAgMBAAECggQAEY',
    'YEhTepaTWB87APhStEPW32eF4ZNQieMlJ1Q/A9bUUBEDCOVtRWnOR97C1qJtt9e9E7QZNDS1zbZquvCz0KcpgSJoWVPV1wha++H2lFq6Liek90',
    'x32EGouoRzQ9eCnlBrFbmZwnTTftXisn1ZEkrfJmll4RoXQAK7jwNTvhuU2GRCV62XeqCQwfCqjkMBe6BUKR/K4wiUWn19GTmdJUFXAyNoGOHP',
    '1lnabEVKc6Gwy2EJDLB2PvkIpJG5yT1Sg1w6GIjSEQh6zJvvhGxo+FMiLsPeBs4p6YsYNoFoLgKVisWGvdxZdSi+kBNzxUNMl5XeH3M8fX7PBh',
    'tq1gi1Psg6EO8sYitEvV5uWGBrpwIBBzjOEReaRZz2Nw57Tns65J3KwVfQh2rlx0RjVmhLGw4H97rXzpnBvKAYS1yeoq6Ti5upVuWUvGxYi0aG',
    'oYtDfsmgfgKw4I3KvkOG+dTg/UHT2nacYypq75x3AL1m2TnEGT2qkr5mkU0ZEUVwYFIGlM7f0JTAyv/FkiDsTxusjtXKjXxPkaExElILXLOcp1',
    'gL1AroTTwvqPflROd0cX24x9e+Ay50bsfTLN/opOh2pY9KT3153Rw4FD2ei66WBNMzfZG3buXqYGajoJw9phOPMUarn8TMg8E9FWrPKUbdVSBw',
    '08cr16xseQ+2hZZeLiVzh/Szi4jI31mLbHWEeJhft+5P9cF08IsOPMzvVcAU41cOeVriWz6lxDvJGDpWOyEq/noYWKBBJIHMhYowauKs7rVvte',
    '3AcXcIT3W1+gY+PBrt0LI0OYQ2hPIr499ML5tybWX/m8QF8/EVoQ0FMMRqqFuwlg0PzfJfgk+IPqyKm+ckF/p7qJfhXd3ZGg9nF6WanJbHxE7U',
    'qWVZJSNR/U/EmdVYNj8f5t1L2NWIU0KM2/yrEqOcISTfJyDWyxH36uiCQUxcnv23fJIjiD7HzA0v30KTcdYhxOUWgVY20+jZfpkqEQXW7BV1SN',
    'yZc1fVecOuz/mtHysEP2ks5QMtl425tKpArX+ZpwK4izhYzhJ+3GPUQTd6HYTjejF8F0LAoiIlb95NOtNYERPyEhkdBbRAGiPbxeZr9TewbvnE',
    'ZK72NIpERSnaqSgSor1RFtNNmYnrNLyBbtRHgVvDjEr2zsuNeTDfAazZSBUqFdNURhiNriGFGjigqDqPTqs496ygHxxeQnVy4qC6XUnph3QSN0',
    '/oza9QdTC5bbZMeWPELe1vMQXL5h5PZA1Cdc49SvcUNxvzFimrZpwROywW6jVb+WnPg2dgjtWduR/kva7pRjTbxWfSoGYbbiAW0IgpAXn31Hc6',
    '8yX7zvieLzNdR4gHL9Y+KDGEZLcVrzPMPDdLuQlHfu8QKCAgEA6l2V8huvnyMOBem+91O7pNk1+3L60aXUuFp125MR+FFBPqFHoR8wZKQgF3K7',
    'disu62dHBnPnNscemlbAl6+I5qtx+v28GFHKnQnB2FHgfkJfoiykp7FX2LoNlUAPR+DbLA4ufeiWu++pr0tOhJAOsqyUv8gB6c8FuwEOjekeYM',
    'sFnleExj0gRIF1mpiDN6G9FfoYyi9XhZmXjfskRpPwVKA80rzXVtNxPswJy5HAd3mozxu7UWwmB0DwnrWni7DU1qmPkV94pH3Qgf/TFzCi6J6I',
    'onK8OrmrwjK4WodKqin5wmcJpG2V5S15yiR+EtI1hTc9v1BZyOis9wNKEfVHcYk+zg1NYT0GfmnNkFlC5RsGwTYDk2c7Zv2YB0q+mYjQkAkLgE',
    'e+WlnzfmpxwCru6ccEs0G03wfXbhvK9u1Qxep/s6rWLpWyZZdAjuUVN+MRneMVUrYuuW+mrPb6t8pzs7BzcY2eQ+/HPuXVVn0Nboe4KRdXRJa2',
    'vm6O3YOkwEadCJig2ribuBy5vClSZcytqI6//vHItqNc+CMBgf56LQH63/Wc32tHFfsY5NYKHYfVGODZXyES+0SsZ9+eE8J8GSqqqiHzAbOTLX',
    'NgqLENNGhnE7DeOeAf2+uVkFL55BPzrVW2v4ETPMyeJcNhJpSj39lUJH24vpbo3JWkRstYSNECggIBANSc4b05Wb0iKCBmqqCdkj88KcmnYuN/',
    'nD9QM6muM5Nm529pnZ1Txfh7jaB2eQv5nTMfIlL9mgl4LfUhubjaCCRmAbgaZ4VR2u9MCEfgEp7SFyOJrN7x1jJaj1mjL5QGOm4CBX/OPLA5Op',
    'Ed6rJ5BJoS363n5nl/kxlSy3EGJ0seEk0ABru9UT+2p7WWFeOUdZwJwxL2a6Eh737dIw7lDFsEqFqJiddJUMF/w1YO5k1XMLVZGgFajDSQvNFG',
    'K2Vz9xLPj2zVo82gnSxbOlcPHeFr+uasCV0kvBT4hPnG+2MTkm0KrtOmcDjHY15WnjghBHZS02JRJXwLpJ1kcRcg9LdnszzYugsmKo2f0W15h+',
    'QBVWbNMmP28TixrGDC8o1HQi/p+XO+i1DCvfIEqWFLcIkyQSiL/xwpvNVVUf+Jkem3yVG6cAqrsRPONVJdis0An43R6n9hMgVzdXcGVOPbv/l+',
    'W1MOOhmwChvdTuUn+1yWa3dNgbnDnnwf+fWztBPpeJyF0GQN9YMeQufKgk3IM2Gn8VANZqLqpjxHZYXGNyrm2a35xOHlYUL0Tv7b63FQpyyN36',
    '8q2Ob+Z1kjur7+35kM18HUVzrb3Cugx4zZdsZBgWgqlVM/R1U/sd6a95TxVDfm2wLrMipRxmCX2QeTPziTRb7hJnsZRZ2Ip/FIyi5zAoICAC1O',
    'LBdibL/JqgNQnV74a9TBPKNAJeZzNTzyF8h7lMS5CHDQAqXN/q/l3mJKBp0gWfCdxWgk7bR0J6FUVeS8xS06RU1s0XiuDwnuge+MXGZr9ErIcI',
    'gOS1oVFV0dxhZyDExm7Wvfk4v/F4FQgHw10PGPVS4BvwTwxT3SRXr/bqTtekeSyZL87AjyMcbR5sPRW1ktQK+NGVE1UMvcmbWfEZ16YGeoo8Qg',
    'Gcs27EnTAi7WcOCgjsR9sJhEYH99xEbHx007+An1N8AspisLRkY8W7G2O9mTbnm3vNFMtsChWLiuZp7DBmUn3gswkFOYXFrNEhWPiTs7kC+7cv',
    'xJQX9ZOBdlnaN9hNDgWCoFz/wwlTLu145wH57WHPCa41G9jDzn6tF9PiDtPYn/y4dLknPAmPDOTUVN1WYsAORDMSgs1il8XHVh+AeHXrYu2AcH',
    'l+N23Mf1xwB3QW8Ne14CXJM86sL4wEhaRRcC+jRZf7U5dWhBikM/RNp4fBkyDCIcObQFsoOf5bCCcW/U9b6/CjOtroBgIBNrsA5GZEl/kuILTJ',
    'j4wgObWlkCRvqj0Lsj+U6eHH6zsLGoFiBGtUFbRBazyQOgcN90sqJIkZH+tNfHajMQX6S50yvC/MWps/7zW2VQyhFe+XXpwMtHDudj7prjrw4t',
    '2As51oXZbGh/8QLSel2RAoICAQCsGLDAsgNpjJReZbwHdoRCmzhX+h2ZeFnJBepLlq44yjrbe+oQxxagI6JoGH2yq8IK91CZTJ26vIS2vy3N6u',
    '5cSBVsKDNTPwawXCL3yvBHjlccdPxxGd//sj4GmIiSkNgK46f/47hMDIbToBuxizOmY1CbO/LateEjxljWi9ySeSznFvZcUMnLgNYPrgTZyfnI',
    '7D3yw3QrYYSyc91E2TI/Gm4LmvjwQnATsI80waq5P7I1mIHsRpbmlaHA48OMw2li2I+H0QZeE3wlw1Jd1eah6P2WafrKYkm7z84TQHWLpPQJP3',
    'Rz7W05CGvumL5JQLCT9kcUdgqZdfMxU3QW/J4ZNt9miSdOjv4y1QJ4Ur8kV9AA/mejcueetHKLgEFFCkEQ95rrjXjHTlrh49QW5TGaXAtR/r/o',
    '0//9zqoo5fot7I4QkZDPklorZebTXNRVTAPaj+f4Y3xR3TtftMhSCDZEhXr2p7VvxYbpNyH9a3eTYk5qq1ouO6G1Z0y1DVjeJUVzrP0ZgBMSpx',
    'QQ+2KuAzdT/NTfr3k8tiMI9+G9fsx49ZONt3ceQsWPpKGsuebCOj6XWd+NsmkP0S1mgf1PTI9BG5wpUO+qvPxidCoSYJQ7thpBbvagA8CByKT5',
    'QwbUkONSvJLasfZROxAQb9lEwHOUH+F8uFKlobcv5MXMENdW8QKCAgEA0Xb0HhzGVkjnOnumOxXNkzjrNTfc7ur7MPcsk6xbGccgZ6F4WnX8JV',
    'DQe5ej3RS10tWl0F/TaIEC1ZNuA+XHqKrxhm4NNiMXZUqnLDMIWemX+Gx+LuPW0IGZNodV/pshyDK0e1Ng0Kev45VByxBnZTlKeUSDss1HweRp',
    'WfqXwLgIYDlP1gWGlmFpFksOa5kmitaVKvuwm51qIe28j2+0YAN43ocj0zNKsk/wjYavqq4Q1rtIwXIGVdTLi0X6SLvJM2ZZTtNpLNfGemM1ED',
    'V9tgB85TzrZGCT8gJHzq8y1OTxdHJy1voGPPLvoFnNfE3pUrNH7fGUza3ULGBBhMD6xWtBlfpgChc/FlxDNcbMMsURkqPvHu8rd/x8OdXK6UGo',
    'zCtC14PYtQ9Ska5SiZzBq1qQflJR1dp4XVdvWKhZIgfbMkS6v9msoGMBLfa+EknmsX+1F2nK0dLnvsKJ9d1ImA4CYmzABDxcnqkm7h7ogmj6rc',
    '/9RjJfGgkOVHMwFxthv6spSBeWmITdiH+2+6WMq92/MId6yKrGNeG8oG6NZLvTfjh7uAk310shwxgWLbW9NT3GHv29AGQ3nB21tvxkid6ZjyMC',
    'xb1D4AN/JYJ0ZQOxqe2xsQfpbSbGD7El7NTFkp94P9YbB+6J+vUkI9Jd9L6BV63Fo9jzXoWyEAIxigQ=',
  ].join(''),
  'base64',
);

export async function importRsa8192Keys(): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  const spki = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })).export({
    format: 'der',
    type: 'spki',
  });
  const publicKey = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
  return { privateKey, publicKey };
}
