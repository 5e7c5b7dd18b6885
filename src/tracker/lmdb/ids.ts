/** 30 bits, so that the engine keeps them as small numbers. */
const hashOf = (id: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
};

/**
 * Where the record of an id may be: some thirty bytes for each instead of the whole id. It may name
 * places that hold another record or none: who asks must look.
 */
export interface IdIndex {
  readonly placesOf: (id: string) => readonly number[];
  readonly add: (id: string, place: number) => void;
  readonly remove: (id: string, place: number) => void;
  readonly clear: () => void;
}

export const createIdIndex = (): IdIndex => {
  const places = new Map<number, number | readonly number[]>();
  const at = (hash: number): readonly number[] => {
    const found = places.get(hash);
    return found === undefined ? [] : typeof found === 'number' ? [found] : found;
  };
  return {
    placesOf: (id) => at(hashOf(id)),
    add: (id, place) => {
      const hash = hashOf(id);
      const before = at(hash);
      if (before.includes(place)) return;
      places.set(hash, before.length === 0 ? place : [...before, place]);
    },
    remove: (id, place) => {
      const hash = hashOf(id);
      const rest = at(hash).filter((one) => one !== place);
      if (rest.length === 0) places.delete(hash);
      else places.set(hash, rest.length === 1 ? (rest[0] as number) : rest);
    },
    clear: () => places.clear(),
  };
};
