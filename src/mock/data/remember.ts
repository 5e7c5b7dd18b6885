/** Names come with requests, so there is no end of them; nobody asks for more in one run. */
const MAX = 5_000;

/** The same function of a name, which does its work once for each. */
export function remember<Value>(make: (name: string) => Value): (name: string) => Value {
  const made = new Map<string, Value>();
  return (name) => {
    if (made.has(name)) return made.get(name) as Value;
    const value = make(name);
    if (made.size >= MAX) made.clear();
    made.set(name, value);
    return value;
  };
}
