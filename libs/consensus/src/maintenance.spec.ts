import { describe, expect, it } from '@jest/globals';
import { Rehearsal } from './rehearsal.stage.ts';

/** A successor that has its predecessor's state before it, and not yet what was written since. */
const successor = () => {
  const rehearsal = new Rehearsal({ decision: { confirmations: 1, recoveries: 1 } });
  rehearsal.round('uuu');
  rehearsal.caughtUp = false;
  return rehearsal;
};

const catchUp = (rehearsal: Rehearsal) => {
  rehearsal.caughtUp = true;
  rehearsal.take({ kind: 'tick' });
};

describe('who takes a monitor over under maintenance', () => {
  it('tells nobody of what it finds down, though it has not caught up', () => {
    const rehearsal = successor();
    rehearsal.underMaintenance = true;
    rehearsal.begin('ddd');
    expect(rehearsal.status).toBe('maintenance');
    catchUp(rehearsal);
    expect(rehearsal.told).toEqual([]);
    rehearsal.maintain(false);
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it('tells nobody of what has come and gone before it caught up', () => {
    const rehearsal = successor();
    rehearsal.underMaintenance = true;
    rehearsal.begin('ddd');
    rehearsal.pass(60_000);
    rehearsal.begin('uuu');
    catchUp(rehearsal);
    rehearsal.maintain(false);
    expect(rehearsal.told).toEqual([]);
  });
});

describe('who takes a monitor over after maintenance', () => {
  const afterwards = () => {
    const rehearsal = successor();
    rehearsal.caughtUp = true;
    rehearsal.maintain(true);
    rehearsal.round('ddd');
    rehearsal.caughtUp = false;
    rehearsal.underMaintenance = false;
    return rehearsal;
  };

  it('tells of what is still down once it has caught up', () => {
    const rehearsal = afterwards();
    rehearsal.begin('ddd');
    expect(rehearsal.told).toEqual([]);
    catchUp(rehearsal);
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.status).toBe('down');
  });

  it('tells of nothing that is over by what it reads', () => {
    const rehearsal = afterwards();
    rehearsal.begin('uuu');
    catchUp(rehearsal);
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.status).toBe('up');
  });
});
