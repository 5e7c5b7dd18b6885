/** Where the emulator is, as far as a page can know. */
declare global {
  interface Window {
    /** What `emulator-here.js` leaves: true where `npm run docs:serve` serves the page. */
    tallywireEmulator?: true | undefined;
  }
}

export interface Emulator {
  readonly url: string;
  /**
   * How this page stands to it. `here`: it is served by it. `elsewhere`: it may call it, if the emulator
   * allows its origin. `never`: it is a file, whose origin could be anybody's, and is refused.
   */
  readonly place: 'here' | 'elsewhere' | 'never';
}

export const findEmulator = (): Emulator => {
  if (window.tallywireEmulator) return { url: location.origin, place: 'here' };
  const url = 'http://127.0.0.1:4010';
  return { url, place: location.protocol === 'file:' ? 'never' : 'elsewhere' };
};

/** Whether it answers this page. Its control API answers no page of another origin, so a read is asked for. */
export const isReachable = async ({ url, place }: Emulator): Promise<boolean> => {
  const path = place === 'here' ? '/__mock/health' : '/api/merchants/settings';
  try {
    // Without a key: an answer that refuses is one too.
    await fetch(`${url}${path}`, { cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
};
