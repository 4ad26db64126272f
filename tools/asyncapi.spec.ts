import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { asyncApiDocument, asyncApiFile } from './asyncapi.ts';

describe('docs/asyncapi.json', () => {
  it('is what the contracts say: `npm run asyncapi` writes it anew', () => {
    expect(readFileSync(asyncApiFile, 'utf8')).toBe(asyncApiDocument());
  });
});
