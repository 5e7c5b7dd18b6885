import emailProviders from 'email-providers';

/** Who requires an ES module gets its default export with a wrapping or two. */
const unwrap = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value : unwrap((value as { readonly default: unknown }).default);

const listed = unwrap(emailProviders);

/** Well-known ones that the list does not have. */
const unlisted = [
  'anonaddy.me',
  'duck.com',
  'fastmail.com',
  'mozmail.com',
  'passinbox.com',
  'passmail.net',
  'posteo.de',
  'simplelogin.com',
  'tuta.com',
  'tuta.io',
  'tutamail.com',
  'tutanota.com',
  'users.noreply.github.com',
  'ziggo.nl',
  'zohomail.com',
];

/** Names that nobody can own (RFC 2606, 6761, 6762, 7686 and 9476). */
const special = new Set([
  'alt',
  'arpa',
  'example',
  'internal',
  'invalid',
  'local',
  'localhost',
  'onion',
  'test',
]);

/** As DNS has it: lower case, `xn--` for everything outside ASCII, no dot at the end. */
const toAscii = (domain: string): string | undefined => {
  // These mean something else in a URL, and nothing in a domain.
  if (domain === '' || /[\s\p{Cc}/\\?#@:%[\]<>^|_]/u.test(domain)) return undefined;
  try {
    return new URL(`http://${domain.replace(/[.。．｡]$/u, '')}`).hostname;
  } catch {
    return undefined;
  }
};

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

const isDomain = (name: string): boolean => {
  const labels = name.split('.');
  const last = labels.at(-1) as string;
  return (
    name.length <= 253 &&
    labels.length > 1 &&
    labels.every((one) => label.test(one)) &&
    // An address in numbers has no name.
    !/^\d+$/.test(last) &&
    !special.has(last)
  );
};

const free: ReadonlySet<string | undefined> = new Set([...listed, ...unlisted].map(toAscii));

/** What may stand in front of the @: words between dots, or anything in quotes (RFC 5321). */
const localPart = /^(?:[^\s\p{Cc}"(),:;<>@[\\\]]+|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*")$/u;

const isLocal = (local: string): boolean =>
  local.length <= 64 && localPart.test(local) && !/^\.|\.\.|\.$/.test(local.replace(/^".*"$/, ''));

/**
 * The domain of the company that an email address belongs to, for counts by DOMAIN: in lower case, and
 * in ASCII (`xn--…`) where it has other letters. `undefined` when the address says nothing of a company:
 * it is at a provider of free or throw-away addresses, or is no address. The domain is left as it is
 * otherwise: `jo@eng.acme.co.uk` gives `eng.acme.co.uk`.
 *
 * Which providers there are is told by the package `email-providers`, an optional peer dependency that
 * has to be installed (`npm install email-providers`), and a few more that it does not have. It needs Node,
 * Bun or Deno.
 *
 * ```ts
 * const domain = companyDomain(user.email);
 * if (domain) tracker.count({ mode: 'DOMAIN', domain, activity_type: 'build' });
 * ```
 */
export const companyDomain = (email: string | null | undefined): string | undefined => {
  const address = email?.trim() ?? '';
  const at = address.lastIndexOf('@');
  if (at < 1 || address.length > 1_000 || !isLocal(address.slice(0, at))) return undefined;
  const domain = toAscii(address.slice(at + 1));
  return domain !== undefined && isDomain(domain) && !free.has(domain) ? domain : undefined;
};
