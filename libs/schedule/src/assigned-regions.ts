/** Which of the known regions a monitor is assigned to. */

/** `known` filtered by `assigned`, in the order of `known`; `*` stands for all of them. */
export function assignedRegions(assigned: readonly string[], known: readonly string[]): readonly string[] {
  return assigned.includes('*') ? known : known.filter((region) => assigned.includes(region));
}
