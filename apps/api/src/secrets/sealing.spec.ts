/** Secrets on their way in and out. */
import { describe, expect, it } from '@jest/globals';
import { mapProbeSecrets, probeSchema, type Probe } from '@quorate/contracts';
import { ProblemError } from '../http/problem.ts';
import { redacted, redactSecrets, sealSecrets, secretBytesMax } from './sealing.ts';

const seal = (secret: string, field: string) => `sealed(${secret}@${field})`;

function probeWith(token: string, headers: Record<string, string> = {}): Probe {
  const http = { url: 'https://shop.example.com', auth: { type: 'bearer', token }, headers };
  return probeSchema.parse({ type: 'http', http });
}

function sealed(probe: Probe, stored: Probe | null = null): Probe {
  return sealSecrets(probe, { mapSecrets: mapProbeSecrets, stored, seal });
}

function pointersOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ProblemError) return error.errors.map(({ pointer }) => pointer);
  }
  return [];
}

describe('secrets', () => {
  it('are sealed for their field', () => {
    expect(sealed(probeWith('a', { Cookie: 'b', accept: 'c' }))).toEqual(
      probeWith('sealed(a@/http/auth/token)', { Cookie: 'sealed(b@/http/headers/cookie)', accept: 'c' }),
    );
  });

  it('are redacted where they are shown', () => {
    expect(redactSecrets(probeWith('a', { cookie: 'b' }), mapProbeSecrets)).toEqual(
      probeWith(redacted, { cookie: redacted }),
    );
  });

  it('stay as they are stored where they come back redacted, in whatever case the header is written', () => {
    const stored = probeWith('kept', { cookie: 'kept too' });
    expect(sealed(probeWith(redacted, { Cookie: redacted }), stored)).toEqual(
      probeWith('kept', { Cookie: 'kept too' }),
    );
  });

  it('are refused redacted where none is stored', () => {
    expect(pointersOf(() => sealed(probeWith(redacted)))).toEqual(['/http/auth/token']);
    expect(pointersOf(() => sealed(probeWith('a', { cookie: redacted }), probeWith('kept')))).toEqual([
      '/http/headers/cookie',
    ]);
  });

  it('are refused when their sealed text would not fit the contracts', () => {
    expect(pointersOf(() => sealed(probeWith('a'.repeat(secretBytesMax))))).toEqual([]);
    expect(pointersOf(() => sealed(probeWith('ä'.repeat(secretBytesMax / 2 + 1))))).toEqual(['/http/auth/token']);
  });

  it('that look sealed are sealed all the same', () => {
    expect(sealed(probeWith('sealed:v1:x'))).toEqual(probeWith('sealed(sealed:v1:x@/http/auth/token)'));
  });
});
