import { describe, expect, it } from '@jest/globals';
import { architecture, architectureDrawnAnew, arrowsOf } from './diagram.ts';

describe('the picture in ARCHITECTURE.md', () => {
  it('shows the imports as they are: `npm run diagram` draws it anew', () => {
    expect(architecture()).toBe(architectureDrawnAnew());
  });

  it('leaves out the arrows that follow from others', () => {
    const imports = { quorate: ['api', 'bus', 'contracts'], api: ['bus'], bus: ['contracts'], contracts: [] };
    const rows = Object.entries(imports).map(([from, to]) => [from, new Set<string>(to)] as const);
    expect(arrowsOf(new Map(rows))).toEqual(['api --> bus', 'bus --> contracts', 'quorate --> api']);
  });
});
