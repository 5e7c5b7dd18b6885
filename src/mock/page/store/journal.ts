/** The requests that arrived, and which of them are shown. */
import { batch, computed, effect, signal } from '@preact/signals';
import { filterRequests, NO_FILTER, type Filter } from '../lib/filter.ts';
import { continues, MAX_REQUESTS, merge } from '../lib/summaries.ts';
import type { Summary } from '../lib/types.ts';
import { call, messageOf } from './api.ts';
import { faults } from './emulator.ts';
import { perFrame, throttled } from './frames.ts';
import { say } from './notices.ts';

interface Page {
  readonly total: number;
  readonly requests: readonly Summary[];
}

/** Oldest first, as the emulator lists them. */
export const requests = signal<readonly Summary[]>([]);
export const isLoaded = signal(false);
export const filter = signal<Filter>(NO_FILTER);
export const isPaused = signal(false);
/** What came while the list was paused. */
export const held = signal<readonly Summary[]>([]);

const inBodies = signal<ReadonlySet<number>>(new Set());
export const shown = computed(() => filterRequests(requests.value, filter.value, inBodies.value));

const arrivals = perFrame<Summary>(MAX_REQUESTS, (items) => {
  const into = isPaused.value ? held : requests;
  into.value = merge(into.value, items);
  if (items.some(({ fault }) => fault !== null)) faults.refresh();
  if (filter.value.text.trim()) searchAgain();
});

export const arrived = (request: Summary): void => arrivals.add(request);

export const resume = (): void =>
  batch(() => {
    isPaused.value = false;
    requests.value = merge(requests.value, held.value);
    held.value = [];
  });

const list = (query: string): Promise<Page> =>
  call<Page>('GET', `requests?view=summary&limit=${MAX_REQUESTS}${query}`);

let loads = 0;

const load = async (query: string, isMore: boolean): Promise<void> => {
  loads += 1;
  const mine = loads;
  try {
    const page = await list(query);
    if (mine !== loads) return;
    if (isMore && !continues(requests.value, page.requests)) return await reload();
    batch(() => {
      requests.value = merge(requests.value, page.requests);
      isLoaded.value = true;
    });
  } catch (error) {
    if (mine === loads) say(messageOf(error), true);
  }
};

/** Starts over, for the emulator has forgotten or is another one. */
export const reload = (): Promise<void> => {
  arrivals.clear();
  batch(() => {
    requests.value = [];
    held.value = [];
  });
  return load('', false);
};

/** A request that was under way may have a lower id than those that are known. */
const OVERLAP = 200;

/** Fetches what a connection that was lost did not bring. */
export const catchUp = (): void => {
  const last = requests.value.at(-1)?.id;
  if (last === undefined) void reload();
  else void load(`&after=${Math.max(0, last - OVERLAP)}`, true);
};

const search = async (): Promise<void> => {
  const text = filter.value.text.trim();
  if (!text) return;
  try {
    const page = await list(`&text=${encodeURIComponent(text.slice(0, 200))}`);
    if (filter.value.text.trim() !== text) return;
    inBodies.value = new Set(page.requests.map(({ id }) => id));
  } catch {
    // What is known here is searched all the same.
  }
};

const searchAgain = throttled(1_000, () => void search());

let typing: ReturnType<typeof setTimeout> | undefined;
let searched = '';
effect(() => {
  const text = filter.value.text.trim();
  if (text === searched) return;
  searched = text;
  inBodies.value = new Set();
  clearTimeout(typing);
  typing = setTimeout(() => void search(), 200);
});
