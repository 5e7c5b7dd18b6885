/** Views and what they show, as the part of the address behind `#`. */

export const VIEWS = ['requests', 'usage', 'webhooks', 'faults', 'emulator'] as const;

export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  /** The request or the webhook that is open. */
  readonly id: number | null;
}

export const parseRoute = (hash: string): Route => {
  const [name, id] = hash.replace(/^#?\/?/, '').split('/');
  const view = VIEWS.find((one) => one === name) ?? 'requests';
  return { view, id: /^[1-9]\d{0,14}$/.test(id ?? '') ? Number(id) : null };
};

export const formatRoute = ({ view, id }: Route): string =>
  id === null ? `#/${view}` : `#/${view}/${id}`;
