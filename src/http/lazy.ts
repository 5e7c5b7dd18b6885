/** Makes a value at the first use, and once. What `make` throws is thrown at each use. */
export const lazy = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};
