/** Keeps retries a small share of the traffic: an outage must not be answered with a multiple of it. */
export interface RetryBudget {
  /** Counts a call that is not a retry. */
  readonly earn: () => void;
  /** Whether a retry may be made now. */
  readonly spend: () => boolean;
}

/**
 * @param burst retries in hand at the start, and at the most
 * @param share retries that each call earns
 */
export const createRetryBudget = ({ burst = 10, share = 0.2 } = {}): RetryBudget => {
  let tokens = burst;
  return {
    earn: () => {
      tokens = Math.min(burst, tokens + share);
    },
    spend: () => {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
};
