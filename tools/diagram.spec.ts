import { describe, expect, it } from '@jest/globals';
import { architecture, architectureDrawnAnew } from './diagram.ts';

describe('the picture in ARCHITECTURE.md', () => {
  it('shows the imports as they are: `npm run diagram` draws it anew', () => {
    expect(architecture()).toBe(architectureDrawnAnew());
  });
});
