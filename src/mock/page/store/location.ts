/** Which view is open, and which request has the cursor. */
import { signal } from '@preact/signals';
import { formatRoute, parseRoute, type Route } from '../lib/route.ts';

export const route = signal<Route>(parseRoute(location.hash));

/** The request that j and k start from. */
export const cursor = signal<number | null>(
  route.value.view === 'requests' ? route.value.id : null,
);

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
  const { view, id } = route.value;
  if (view === 'requests' && id !== null) cursor.value = id;
});

/** `replace` leaves no trace in the history, for steps of which there are many. */
export const go = (to: Route, replace = false): void => {
  const hash = formatRoute(to);
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  route.value = to;
};
