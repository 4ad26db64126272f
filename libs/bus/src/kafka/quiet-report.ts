/**
 * Reports of trouble, without the flood: during an outage every task of every partition meets the same error each
 * second.
 */

/** Hears of what went wrong and is tried again. */
export type Report = (message: string, fields: Readonly<Record<string, unknown>>) => void;

const quietMs = 10_000;

interface Told {
  at: number;
  untoldCount: number;
}

/** Passes on the first report of its kind, and then one in ten seconds that says how many were left out. */
export function quietReport(report: Report, now: () => number = () => performance.now()): Report {
  const told = new Map<string, Told>();
  return (message, fields) => {
    const kind = `${message} ${kindOf(fields['error'])}`;
    const last = told.get(kind);
    if (last !== undefined && now() < last.at + quietMs) {
      last.untoldCount++;
      return;
    }
    told.set(kind, { at: now(), untoldCount: 0 });
    report(message, last === undefined ? fields : { ...fields, untoldCount: last.untoldCount });
  };
}

function kindOf(error: unknown): string {
  const { name = '', type = '' } = (error ?? {}) as { name?: string; type?: string };
  return `${name} ${type}`;
}
