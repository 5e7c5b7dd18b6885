/** The same names, each but the first of its kind with a number: `reach`, `reach_2`. */
export const distinct = (names: readonly string[]): readonly string[] => {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; seen.has(free) || (free !== name && taken.has(free)); n += 1) {
      free = `${name}_${n}`;
    }
    seen.add(free);
    return free;
  });
};
