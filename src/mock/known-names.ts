/**
 * Makes sure that nothing is misspelt, which would do nothing, without a word to who writes no types.
 *
 * @param problem says what is wrong with a name
 * @throws Error with a sentence for people, and the names that there are.
 */
export function checkNames(given: object, known: object, problem: (name: string) => string): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    throw new Error(`${problem(name)}. There are ${Object.keys(known).join(', ')}`);
  }
}
